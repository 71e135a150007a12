#!/usr/bin/env python3
"""Images a second with several streams and images at once, Octavo's int8 beside OpenVINO's in throughput mode on the IR of the same plan.

    throughput.py OCTAVO RUN... [--streams 1,2] [--batch 1,8,32] [--rounds 3] [--seconds 2] [--threads 0]

RUN is a folder of `octavo calibrate`, best with the objective "latency" (docs/openvino.md: saturation). The engines take turns, every measurement
in a process of its own; the figure is the best of the rounds. Each stream of Octavo is an executable with its share of the threads; OpenVINO has
as many streams and requests. Exit code 77 without openvino.
"""
import argparse
import importlib.util
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "core/cli/peers")]
from runtimes import form_for, openvino_options, read_report


def octavo_rate(octavo: str, run: Path, model: str, streams: int, batch: int, a) -> float:
    done = subprocess.run([octavo, "benchmark", model, "--plan", run / "plan.json", "--json", "--streams", str(streams), "--batch", str(batch),
                           "--seconds", str(a.seconds), "--threads", str(a.threads)], check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout)["throughput_per_s"]


def openvino_rate(model: Path, streams: int, batch: int, a) -> float:
    done = subprocess.run([sys.executable, "-B", __file__, "--measure", model, str(streams), str(batch), str(a.seconds), str(a.threads)],
                          check=True, stdout=subprocess.PIPE, text=True)
    return float(done.stdout)


def measure(model: str, streams: int, batch: int, seconds: float, threads: int) -> float:
    """Images a second in this process."""
    import numpy as np
    import openvino
    core = openvino.Core()
    read = core.read_model(model)
    read.reshape({entry: [batch, *(side.get_length() for side in list(entry.partial_shape)[1:])] for entry in read.inputs})
    options = {**openvino_options(threads, integer=True), "PERFORMANCE_HINT": "THROUGHPUT", "NUM_STREAMS": str(streams)}
    compiled = core.compile_model(read, "CPU", options)
    random = np.random.default_rng(1)
    feeds = {entry.any_name: random.uniform(-1, 1, list(entry.shape)).astype(entry.element_type.to_dtype()) for entry in compiled.inputs}
    queue = openvino.AsyncInferQueue(compiled, streams)
    for _ in range(2 * streams):
        queue.start_async(feeds)
    queue.wait_all()
    started, begin = 0, time.perf_counter()
    while time.perf_counter() < begin + seconds or started < 2 * streams:
        queue.start_async(feeds)
        started += 1
    queue.wait_all()
    return batch * started / (time.perf_counter() - begin)


def main() -> int:
    numbers = lambda text: [int(number) for number in text.split(",")]
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("octavo")
    parser.add_argument("runs", type=Path, nargs="+")
    parser.add_argument("--streams", type=numbers, default=[1, 2])
    parser.add_argument("--batch", type=numbers, default=[1, 8, 32])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=2)
    parser.add_argument("--threads", type=int, default=0)
    a = parser.parse_args()
    if importlib.util.find_spec("openvino") is None:
        print("skipped: no openvino in this Python")
        return 77
    print("| network | streams | batch | Octavo int8, images/s | OpenVINO int8 | Octavo / OpenVINO |\n|---|---:|---:|---:|---:|---:|")
    with tempfile.TemporaryDirectory() as scratch:
        for run in a.runs:
            model = read_report(run)["config"]["model"]
            form = form_for("openvino", a.octavo, Path(model), run, Path(scratch))
            for streams in a.streams:
                for batch in a.batch:
                    pairs = [(octavo_rate(a.octavo, run, model, streams, batch, a), openvino_rate(form, streams, batch, a)) for _ in range(a.rounds)]
                    ours, theirs = (max(rates) for rates in zip(*pairs))
                    print(f"| {Path(model).stem} | {streams} | {batch} | {ours:.1f} | {theirs:.1f} | {ours / theirs:.2f} |", flush=True)
            form.unlink(), form.with_suffix(".bin").unlink()
    return 0


if __name__ == "__main__":
    if sys.argv[1:2] == ["--measure"]:
        print(measure(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), float(sys.argv[5]), int(sys.argv[6])))
    else:
        sys.exit(main())
