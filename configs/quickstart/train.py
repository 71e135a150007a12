"""Train the small network of the quickstart and write it as classify.onnx.

The training images are drawn by `make_images.py` from a stream of their own
and pass through the preprocessing of `classify.json`.
"""

import io
from multiprocessing import Pool
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn

import make_images
from training import Residual, arguments, conv, export, inverted, normalize, separable, train

HERE = Path(__file__).parent
RESIZE, CROP, JITTER = 72, 64, 3


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


def augment(pixels: Tensor) -> Tensor:
    """A shifted crop, turned and mirrored, in changed light."""
    top, left = torch.randint(0, 2 * JITTER + 1, (2,)).tolist()
    pixels = pixels[..., top : top + CROP, left : left + CROP]
    pixels = torch.rot90(pixels, int(torch.randint(4, ())), (2, 3))
    if torch.rand(()) < 0.5:
        pixels = pixels.flip(3)
    gain = 1 + 0.15 * (2 * torch.rand(len(pixels), 1, 1, 1) - 1)
    return (pixels.float() * gain).clamp(0, 255)


def basic(width: int) -> nn.Module:
    """Two ordinary 3x3 convolutions with a shortcut."""
    return Residual(nn.Sequential(conv(width, width, 3), conv(width, width, 3, active=False)), True)


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


def top1(model: nn.Module, pixels: Tensor, labels: Tensor) -> float:
    model.eval()
    with torch.no_grad():
        guesses = torch.cat([model(normalize(part)).argmax(1) for part in pixels.split(128)])
    return 100 * (guesses == labels).float().mean().item()


def main() -> None:
    args = arguments(__doc__, "classify.onnx", 16000)
    torch.manual_seed(args.seed)
    model = network().to(memory_format=torch.channels_last)
    validation = listed_set("validation.txt")

    def loss(pixels: Tensor, labels: Tensor) -> Tensor:
        return nn.functional.cross_entropy(model(normalize(augment(pixels))), labels)

    train(model, *training_set(args.images), loss, lambda: f"top-1 {top1(model, *validation):.2f} %", args)
    export(model, args.output, CROP, {"logits": [len(make_images.CLASSES)]})


if __name__ == "__main__":
    main()
