"""What the two training scripts of the quickstart share: blocks of layers, the loop, and the way to a file."""

import argparse
import time
from collections.abc import Callable
from pathlib import Path

import onnx
import torch
from torch import Tensor, nn

EPSILON = 1e-6
MEAN = [123.675, 116.28, 103.53]
SCALE = [0.01712475, 0.017507, 0.01742919]


def normalize(pixels: Tensor) -> Tensor:
    mean, scale = (torch.tensor(v).reshape(1, 3, 1, 1) for v in (MEAN, SCALE))
    return ((pixels.float() - mean) * scale).contiguous(memory_format=torch.channels_last)


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


def train(model: nn.Module, pixels: Tensor, truth: Tensor, loss: Callable[[Tensor, Tensor], Tensor],
          figure: Callable[[], str], args: argparse.Namespace) -> None:
    """Lessen the loss of batches, and print the figure behind each epoch."""
    optimizer = torch.optim.AdamW(groups(model, args.decay, args.expansion_decay))
    steps = args.epochs * (len(pixels) // args.batch)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, args.rate, total_steps=steps,
                                                   pct_start=0.1, cycle_momentum=False)
    start = time.monotonic()
    for epoch in range(args.epochs):
        model.train()
        total = 0.0
        for chosen in torch.randperm(len(pixels)).split(args.batch):
            if len(chosen) < args.batch:
                continue
            value = loss(pixels[chosen], truth[chosen])
            optimizer.zero_grad()
            value.backward()
            optimizer.step()
            schedule.step()
            total += value.item()
        print(f"epoch {epoch + 1}: loss {total * args.epochs / steps:.3f}, "
              f"{figure()}, {time.monotonic() - start:.0f} s", flush=True)


def export(model: nn.Module, path: Path, side: int, outputs: dict[str, list[int]], constants: list[str] = []) -> None:
    """Write the network with its batch norms, unfolded; the batch is free. `outputs`: lengths behind the batch."""
    model.eval()
    torch.onnx.export(
        model, (torch.zeros(1, 3, side, side),), str(path), opset_version=13, dynamo=False,
        training=torch.onnx.TrainingMode.PRESERVE, do_constant_folding=False,
        input_names=["input"], output_names=[*outputs, *constants],
        dynamic_axes={name: {0: "N"} for name in ["input", *outputs]},
    )
    file = onnx.load(path)
    for output, lengths in zip(file.graph.output, outputs.values()):  # the exporter leaves some open
        for axis, length in zip(output.type.tensor_type.shape.dim[1:], lengths):
            axis.dim_value = length
    onnx.checker.check_model(file, full_check=True)
    onnx.save(file, path)


def arguments(description: str, output: str, images: int) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=description.splitlines()[0])
    parser.add_argument("--output", type=Path, default=Path(__file__).parent / output)
    parser.add_argument("--images", type=int, default=images)
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--rate", type=float, default=4e-3)
    parser.add_argument("--decay", type=float, default=0.02)
    parser.add_argument("--expansion-decay", type=float, default=0.5)
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()
