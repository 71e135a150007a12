"""Train the small network of the quickstart and write it as classify.onnx.

The training images are drawn by `make_images.py` from a stream of their own
and pass through the preprocessing of `classify.json`.
"""

import argparse
import io
import time
from multiprocessing import Pool
from pathlib import Path

import numpy as np
import onnx
import torch
from PIL import Image
from torch import Tensor, nn

import make_images

HERE = Path(__file__).parent
RESIZE, CROP, JITTER = 72, 64, 3
EPSILON = 1e-6
MEAN = [123.675, 116.28, 103.53]
SCALE = [0.01712475, 0.017507, 0.01742919]


def resize(image: Image.Image) -> Image.Image:
    """The image with its shorter side at RESIZE."""
    shorter = min(image.size)
    size = [int(side * RESIZE / shorter + 0.5) for side in image.size]
    return image.resize((size[0], size[1]), Image.Resampling.BILINEAR)


def centre_crop(image: Image.Image, side: int) -> np.ndarray:
    """The middle of the image, channels first."""
    left, top = (image.width - side) // 2, (image.height - side) // 2
    return np.asarray(image.crop((left, top, left + side, top + side))).transpose(2, 0, 1)


def training_image(index: int) -> np.ndarray:
    data, _ = make_images.make("training", index)
    return centre_crop(resize(Image.open(io.BytesIO(data))), CROP + 2 * JITTER)


def training_set(count: int) -> tuple[Tensor, Tensor]:
    with Pool() as pool:
        pixels = np.stack(pool.map(training_image, range(count), chunksize=256))
    return torch.from_numpy(pixels), torch.arange(count) % len(make_images.CLASSES)


def listed_set(name: str) -> tuple[Tensor, Tensor]:
    """The images of a list file, preprocessed but not normalized."""
    rows = [line.split() for line in (HERE / name).read_text().splitlines()]
    images = [Image.open(HERE / "images" / path).convert("RGB") for path, _ in rows]
    pixels = np.stack([centre_crop(resize(image), CROP) for image in images])
    return torch.from_numpy(pixels), torch.tensor([int(label) for _, label in rows])


def normalize(pixels: Tensor) -> Tensor:
    mean, scale = (torch.tensor(v).reshape(1, 3, 1, 1) for v in (MEAN, SCALE))
    return ((pixels.float() - mean) * scale).contiguous(memory_format=torch.channels_last)


def augment(pixels: Tensor) -> Tensor:
    """A shifted crop, turned and mirrored, in changed light."""
    top, left = torch.randint(0, 2 * JITTER + 1, (2,)).tolist()
    pixels = pixels[..., top : top + CROP, left : left + CROP]
    pixels = torch.rot90(pixels, int(torch.randint(4, ())), (2, 3))
    if torch.rand(()) < 0.5:
        pixels = pixels.flip(3)
    gain = 1 + 0.15 * (2 * torch.rand(len(pixels), 1, 1, 1) - 1)
    return (pixels.float() * gain).clamp(0, 255)


def conv(inputs: int, outputs: int, kernel: int = 1, stride: int = 1, groups: int = 1,
         active: bool = True) -> nn.Sequential:
    """Convolution, batch norm and, if active, ReLU."""
    layers = [
        nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=False),
        nn.BatchNorm2d(outputs, eps=EPSILON),
    ]
    return nn.Sequential(*layers, nn.ReLU()) if active else nn.Sequential(*layers)


class Residual(nn.Module):
    """x + f(x), with a ReLU after the sum or without."""

    def __init__(self, body: nn.Module, active: bool) -> None:
        super().__init__()
        self.body = body
        self.after = nn.ReLU() if active else nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        return self.after(x + self.body(x))


def basic(width: int) -> nn.Module:
    """Two ordinary 3x3 convolutions with a shortcut."""
    return Residual(nn.Sequential(conv(width, width, 3), conv(width, width, 3, active=False)), True)


def separable(inputs: int, outputs: int, stride: int) -> nn.Module:
    """Depthwise convolution, then a pointwise one."""
    return nn.Sequential(conv(inputs, inputs, 3, stride, groups=inputs), conv(inputs, outputs))


def inverted(inputs: int, outputs: int, stride: int) -> nn.Module:
    """Expansion, depthwise convolution and linear projection."""
    hidden = 4 * inputs
    body = nn.Sequential(
        conv(inputs, hidden),
        conv(hidden, hidden, 3, stride, groups=hidden),
        conv(hidden, outputs, active=False),
    )
    return Residual(body, False) if stride == 1 and inputs == outputs else body


def network() -> nn.Sequential:
    return nn.Sequential(
        conv(3, 16, 3, stride=2),
        separable(16, 24, 2),
        basic(24),
        inverted(24, 40, 2),
        inverted(40, 40, 1),
        inverted(40, 64, 2),
        inverted(64, 64, 1),
        conv(64, 192),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(192, len(make_images.CLASSES)),
    )


def groups(model: nn.Module, decay: float, expansion_decay: float) -> list[dict]:
    """The parameters, with the weight decay of each kind.

    A depthwise convolution and its batch norm undo any scale that the batch
    norm of the expansion before them gives a channel, so that one can bear a
    strong decay.
    """
    layers = [m for m in model.modules() if isinstance(m, nn.Conv2d | nn.BatchNorm2d)]
    strong = [
        parameter
        for norm, following in zip(layers[3::2], layers[4::2])
        if following.groups > 1
        for parameter in norm.parameters()
    ]
    ids = {id(parameter) for parameter in strong}
    rest = [parameter for parameter in model.parameters() if id(parameter) not in ids]
    return [
        {"params": strong, "weight_decay": expansion_decay},
        {"params": rest, "weight_decay": decay},
    ]


def top1(model: nn.Module, pixels: Tensor, labels: Tensor) -> float:
    model.eval()
    with torch.no_grad():
        guesses = torch.cat([model(normalize(part)).argmax(1) for part in pixels.split(128)])
    return 100 * (guesses == labels).float().mean().item()


def train(model: nn.Module, pixels: Tensor, labels: Tensor, args: argparse.Namespace) -> None:
    optimizer = torch.optim.AdamW(groups(model, args.decay, args.expansion_decay))
    steps = args.epochs * (len(pixels) // args.batch)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, args.rate, total_steps=steps,
                                                   pct_start=0.1, cycle_momentum=False)
    validation = listed_set("validation.txt")
    start = time.monotonic()
    for epoch in range(args.epochs):
        model.train()
        total = 0.0
        for chosen in torch.randperm(len(pixels)).split(args.batch):
            if len(chosen) < args.batch:
                continue
            logits = model(normalize(augment(pixels[chosen])))
            loss = nn.functional.cross_entropy(logits, labels[chosen])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            total += loss.item()
        print(f"epoch {epoch + 1}: loss {total * args.epochs / steps:.3f}, "
              f"top-1 {top1(model, *validation):.2f} %, {time.monotonic() - start:.0f} s", flush=True)


def export(model: nn.Module, path: Path) -> None:
    """Write the network with its batch norms, unfolded."""
    model.eval()
    torch.onnx.export(
        model, (torch.zeros(1, 3, CROP, CROP),), str(path), opset_version=13, dynamo=False,
        training=torch.onnx.TrainingMode.PRESERVE, do_constant_folding=False,
        input_names=["input"], output_names=["logits"],
        dynamic_axes={"input": {0: "N"}, "logits": {0: "N"}},
    )
    onnx.checker.check_model(onnx.load(path), full_check=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, default=HERE / "classify.onnx")
    parser.add_argument("--images", type=int, default=16000)
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--rate", type=float, default=4e-3)
    parser.add_argument("--decay", type=float, default=0.02)
    parser.add_argument("--expansion-decay", type=float, default=0.5)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    torch.manual_seed(args.seed)
    model = network().to(memory_format=torch.channels_last)
    train(model, *training_set(args.images), args)
    export(model, args.output)


if __name__ == "__main__":
    main()
