#!/usr/bin/env python3
"""Our quantized IR beside NNCF's, both in OpenVINO's CPU plugin: what runs in int8, accuracy, and latency.

    python nncf_latency.py OCTAVO CONFIG... [--objective latency|int8] [--rounds 3] [--seconds 5] [--threads 2] [--cpu] [--layers] [--keep FOLDER]

CONFIG is a classifier of configs/real that comes as ONNX. `octavo calibrate` and NNCF (its defaults, on convert_model's model) quantize it with the
same photographs. Top-1 is that of the validation slices: Octavo's own integer kernels, OpenVINO's ("int8", which saturate on CPUs
without VNNI where weights use their full range), and OpenVINO with the grids computed in floating point ("exact"). Each round is a process
that runs the two networks by turns, a pair at a time, the first of a pair by turns too; the ratio is the median of all pairs' ours / NNCF's.
--cpu takes the processor time of all threads instead of the time that passes, which other programs change less (with --threads 1: waiting counts).
--layers adds the microseconds of either by kind of layer; --keep leaves both IRs in FOLDER/NAME, which a later run takes as they are.
Wants a quiet machine; a benchmark, not a test: nothing fails. Exit code 77 without nncf. Needs numpy, pillow, openvino and nncf.
"""
import argparse
import importlib.util
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "peers"))
if importlib.util.find_spec("nncf") is None:
    print("skipped: no nncf in this Python ('pip install nncf' brings it)")
    sys.exit(77)

import numpy as np
import openvino as ov

from openvino_int8 import PRODUCTS, classes, precisions
from support import absolute, preprocess, samples, validation
from runtimes import openvino_options


def ours(octavo: str, config: dict, objective: str, run: Path) -> None:
    path = run.with_suffix(".json")
    path.write_text(json.dumps({**config, "objective": objective, "export": "openvino", "output": str(run)}))
    subprocess.run([octavo, "calibrate", path, "--quiet", "--json"], check=True, stdout=subprocess.DEVNULL)


def with_batch_of_one(model: ov.Model) -> ov.Model:
    shape = model.input(0).partial_shape
    shape[0] = 1
    model.reshape(shape)
    return model


def theirs(config: dict, target: Path) -> None:
    import nncf
    tensors = [preprocess(path, config["preprocess"]) for path, _ in samples(config, config["calibration"])]
    model = with_batch_of_one(ov.convert_model(config["model"]))
    ov.save_model(nncf.quantize(model, nncf.Dataset(tensors), subset_size=len(tensors)), target, compress_to_fp16=False)


def compiled(model: Path, options: dict):
    core = ov.Core()
    return core.compile_model(with_batch_of_one(core.read_model(model)), "CPU", options)


def products(kinds: Counter) -> tuple[int, int]:
    """How many convolutions and matrix products there are in int8, and in all."""
    counts = [(precision in ("u8", "i8"), n) for (kind, precision), n in kinds.items() if kind in PRODUCTS]
    return sum(n for integer, n in counts if integer), sum(n for _, n in counts)


def pairs(models: list, threads: int, seconds: float, clock) -> list[tuple[float, float]]:
    """Milliseconds of one run of each, by turns."""
    options = openvino_options(threads, integer=True)
    requests = [compiled(model, options).create_infer_request() for model in models]
    tensor = np.random.default_rng(1).standard_normal(requests[0].get_input_tensor().shape).astype(np.float32)
    for request in requests:
        request.set_input_tensor(ov.Tensor(tensor))
    found, end = [], time.perf_counter() + seconds
    while time.perf_counter() < end or len(found) < 20:
        took = [0.0, 0.0]
        for which in (0, 1) if len(found) % 2 else (1, 0):
            start = clock()
            requests[which].infer()
            took[which] = 1e3 * (clock() - start)
        found.append((took[0], took[1]))
    return found[10:]


def layers(model: Path, threads: int, runs: int = 50) -> Counter:
    """Microseconds of a run by kind of layer and kernel."""
    request = compiled(model, {**openvino_options(threads, integer=True), "PERF_COUNT": True}).create_infer_request()
    total: Counter = Counter()
    for run in range(runs + 5):
        request.infer()
        for info in request.profiling_info if run >= 5 else []:
            total[f"{info.node_type} {info.exec_type}"] += info.real_time.total_seconds() * 1e6 / runs
    return total


def quality(model: Path, tensors: list, labels: np.ndarray, offset: int) -> str:
    network = compiled(model, openvino_options(integer=True))
    exact = compiled(model, {**openvino_options(), "LP_TRANSFORMS_MODE": "OFF"})
    top1 = [100 * float(np.mean(classes(form, tensors) - offset == labels)) for form in (network, exact)]
    kinds = precisions(network)
    integers, every = products(kinds)
    others = ", ".join(f"{kind} {precision} {n}" for (kind, precision), n in sorted(kinds.items()) if kind not in (*PRODUCTS, "Const", "Reshape"))
    return f"{integers} of {every} products in int8, top-1 int8 {top1[0]:.2f}, exact {top1[1]:.2f}; other layers: {others}"


def latency(models: list, a) -> str:
    rounds = []
    for _ in range(a.rounds):
        command = [sys.executable, __file__, "--pairs", str(a.threads), str(a.seconds), "cpu" if a.cpu else "passing", *map(str, models)]
        rounds.append(json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout))
    own, peer = (statistics.median(side) for side in zip(*sum(rounds, [])))
    ratios = [statistics.median(ours / theirs for ours, theirs in found) for found in (sum(rounds, []), *rounds)]
    return (f"ours {own:.2f} ms{' of the processor' if a.cpu else ''}, nncf {peer:.2f}; ratio of {sum(map(len, rounds))} pairs {ratios[0]:.3f}, of each "
            "round " + ", ".join(f"{ratio:.3f}" for ratio in ratios[1:]))


def compare(path: Path, a, work: Path) -> None:
    config = absolute(json.loads(path.read_text()), path.resolve().parent)
    run, peer = work / "run", work / "nncf.xml"
    own = run / "model.int8.xml"
    if not own.exists():
        ours(a.octavo, config, a.objective, run)
    if not peer.exists():
        theirs(config, peer)
    tensors, labels = validation(config, Path(), 0)
    accuracy = json.loads((run / "report.json").read_text())["accuracy"]
    print(f"{path.stem}, objective {a.objective}, {len(labels)} photographs: top-1 fp32 {accuracy['fp32']['top1']:.2f}, int8 on our device "
          f"{accuracy['int8']['top1']:.2f}")
    for name, model in (("ours", own), ("nncf", peer)):
        print(f"  {name}: {quality(model, tensors, labels, config['adapter'].get('label_offset', 0))}")
    print(f"  {latency([own, peer], a)}", flush=True)
    if a.layers:
        columns = [layers(model, a.threads) for model in (own, peer)]
        for kind in sorted(columns[0].keys() | columns[1].keys(), key=lambda kind: -max(column[kind] for column in columns)):
            if max(column[kind] for column in columns) >= 1:
                print(f"    {kind:45} {columns[0][kind]:9.0f} {columns[1][kind]:9.0f} us")


def main() -> None:
    if sys.argv[1:2] == ["--pairs"]:
        clock = time.process_time if sys.argv[4] == "cpu" else time.perf_counter
        print(json.dumps(pairs([Path(model) for model in sys.argv[5:7]], int(sys.argv[2]), float(sys.argv[3]), clock)))
        return
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("octavo")
    parser.add_argument("configs", nargs="+", type=Path)
    parser.add_argument("--objective", choices=["latency", "int8"], default="latency")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--cpu", action="store_true")
    parser.add_argument("--layers", action="store_true")
    parser.add_argument("--keep", type=Path, help="folder for both IRs, in place of a temporary one")
    a = parser.parse_args()
    for path in a.configs:
        if a.keep:
            (a.keep / path.stem).mkdir(parents=True, exist_ok=True)
            compare(path, a, a.keep / path.stem)
        else:
            with tempfile.TemporaryDirectory() as folder:
                compare(path, a, Path(folder))


if __name__ == "__main__":
    main()
