"""TensorFlow Lite models on our devices and in LiteRT, on the same photographs.

usage: tflite.py OCTAVO FOLDER [--images N] [--device NAME]

A float model must give the same values in fp32. A quantized one runs in int8 with the scales of its file. LiteRT's own kernels differ from
each other by up to four or five steps of the logits' grid; ours must lie about as near to those of XNNPACK as its plain ones do.
"""
import sys
from pathlib import Path

import numpy as np
from ai_edge_litert.interpreter import Interpreter, OpResolverType
from PIL import Image

from support import device_parser, infer, range_share

PHOTOGRAPHS = Path("../shared/images/imagenet")
MOST_DIFFERENCE = 1e-4  # of an output's range, in fp32
LEAST_WITHIN_A_STEP = 0.85  # of what goes into the last Softmax, in int8
MOST_STEPS = 8


def real(codes: np.ndarray, detail: dict) -> np.ndarray:
    scale, zero = detail["quantization"]
    return codes if scale == 0 else (codes.astype(np.float32) - zero) * np.float32(scale)


def photograph(path: Path, entry: dict) -> np.ndarray:
    """Pixels as the model's input wants them, NHWC or NCHW."""
    planar = entry["shape"][1] == 3
    height, width = entry["shape"][2:] if planar else entry["shape"][1:3]
    pixels = np.asarray(Image.open(path).convert("RGB").resize((width, height), Image.BILINEAR), entry["dtype"])
    return np.ascontiguousarray(pixels.transpose(2, 0, 1) if planar else pixels)[None]


class Peer:
    def __init__(self, model: Path, resolver: OpResolverType, keep_all: bool) -> None:
        self.interpreter = Interpreter(str(model), experimental_op_resolver_type=resolver, experimental_preserve_all_tensors=keep_all)
        self.interpreter.allocate_tensors()
        self.entry = self.interpreter.get_input_details()[0]
        self.tensors = {detail["index"]: detail for detail in self.interpreter.get_tensor_details()}

    def run(self, x: np.ndarray, tensor: int) -> np.ndarray:
        self.interpreter.set_tensor(self.entry["index"], x)
        self.interpreter.invoke()
        return real(self.interpreter.get_tensor(tensor), self.tensors[tensor])


def float_fault(octavo: str, model: Path, device: str, photographs: list) -> str | None:
    peer = Peer(model, OpResolverType.AUTO, False)
    output = peer.interpreter.get_output_details()[0]
    worst = 0.0
    for path in photographs:
        x = photograph(path, peer.entry)
        got = infer(octavo, model, device, {peer.entry["name"]: x}, [output["name"]])
        if isinstance(got, str):
            return got
        worst = max(worst, range_share(got[0], peer.run(x, output["index"])))
    print(f"{model.name}, {device}: {len(photographs)} photographs, worst difference {worst:.2g} of range")
    return None if worst <= MOST_DIFFERENCE else f"differs by {worst:.2g} of its range"


def int8_fault(octavo: str, model: Path, device: str, photographs: list) -> str | None:
    """What the last operator, a Softmax, reads, in steps of its grid."""
    peers = {name: Peer(model, resolver, True) for name, resolver in (("XNNPACK", OpResolverType.AUTO), ("plain", OpResolverType.BUILTIN_REF))}
    peer = peers["XNNPACK"]
    output = peer.interpreter.get_output_details()[0]
    last = next(op for op in peers["plain"].interpreter._get_ops_details() if output["index"] in op["outputs"])
    logits = int(last["inputs"][0])
    scale = peer.tensors[logits]["quantization"][0]
    name = peer.tensors[logits]["name"]
    apart = {"ours": [], "plain": []}
    outputs, same = [], 0
    for path in photographs:
        x = photograph(path, peer.entry)
        planar = np.ascontiguousarray(real(x, peer.entry).transpose(0, 3, 1, 2))
        got = infer(octavo, model, device, {peer.entry["name"]: planar}, [name, output["name"]], ["--tap", name])
        if isinstance(got, str):
            return got
        want = peer.run(x, logits)
        apart["ours"].append(np.abs(got[0] - want) / scale)
        apart["plain"].append(np.abs(peers["plain"].run(x, logits) - want) / scale)
        wanted = peer.run(x, output["index"])
        outputs.append(np.abs(got[1] - wanted) / output["quantization"][0])
        same += int(got[1].argmax() == wanted.argmax())
    for who, differences in apart.items():
        print(f"{model.name}, {device}: {who} beside XNNPACK: mean {np.mean(differences):.2f} steps, {np.mean(np.array(differences) < 1.5):.1%} "
              f"within one, worst {np.max(differences):.1f}")
    print(f"{model.name}, {device}: outputs {np.mean(np.array(outputs) < 1.5):.2%} within one step, worst {np.max(outputs):.1f}; same class in "
          f"{same} of {len(photographs)}")
    good = np.mean(np.array(apart["ours"]) < 1.5) >= LEAST_WITHIN_A_STEP and np.max(apart["ours"]) <= MOST_STEPS
    return None if good else "too far from LiteRT"


def main() -> int:
    parser = device_parser(__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--images", type=int, default=20)
    a = parser.parse_args()
    models = sorted(a.folder.glob("*.tflite"))
    photographs = sorted(PHOTOGRAPHS.rglob("*.jp*g"))[: a.images]
    if not models or not photographs:
        print("skipped: no ../shared")
        return 77
    failed = 0
    for model in models:
        quantized = np.issubdtype(Peer(model, OpResolverType.AUTO, False).entry["dtype"], np.integer)
        for device in a.devices or ["onednn"]:
            found = (int8_fault if quantized else float_fault)(a.octavo, model, device, photographs)
            if found:
                failed += 1
                print(f"{model}, {device}: {found}", flush=True)
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
