#!/usr/bin/env python3
"""fp32 and int8 latency beside ONNX Runtime's, interleaved in one run.

    python latency.py OCTAVO RUNS [NAME ...] [--rounds 5] [--threads 2] [--seconds 1]

For each NAME, RUNS/NAME holds what `octavo calibrate` wrote (report.json names the model). Each round runs, one process after the other,
octavo fp32, octavo int8, ONNX Runtime fp32 and ONNX Runtime on model.qdq.onnx; the table has the median over the rounds of each process's
median latency, in milliseconds, batch 1. A benchmark, not a test: nothing fails.
"""
import argparse
import json
import statistics
import subprocess
import sys
from pathlib import Path

PEER = """
import sys, time, numpy as np, onnxruntime as ort
model, threads, seconds = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
o = ort.SessionOptions(); o.intra_op_num_threads = threads; o.log_severity_level = 3
o.add_session_config_entry("session.intra_op.allow_spinning", "1")
s = ort.InferenceSession(model, o, ["CPUExecutionProvider"])
e = s.get_inputs()[0]
x = {e.name: np.random.default_rng(1).standard_normal([d if isinstance(d, int) else 1 for d in e.shape]).astype(np.float32)}
times = []
for i in range(3): s.run(None, x)
end = time.perf_counter() + seconds
while time.perf_counter() < end or len(times) < 5:
    t = time.perf_counter(); s.run(None, x); times.append(1e3 * (time.perf_counter() - t))
print(sorted(times)[len(times) // 2])
"""


def octavo_ms(octavo, model, plan, a):
    arguments = [octavo, "benchmark", model, "--json", "--threads", str(a.threads), "--seconds", str(a.seconds)] + (["--plan", plan] if plan else [])
    return json.loads(subprocess.run(arguments, check=True, capture_output=True, text=True).stdout)["latency_ms"]["median"]


def peer_ms(model, a):
    done = subprocess.run([sys.executable, "-c", PEER, model, str(a.threads), str(a.seconds)], check=True, capture_output=True, text=True)
    return float(done.stdout)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("octavo")
    parser.add_argument("runs", type=Path)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seconds", type=int, default=1)
    a = parser.parse_args()
    print(f"{'network':20}{'octavo fp32':>12}{'int8':>9}{'gain':>7}{'ORT fp32':>10}{'ORT int8':>10}{'ORT int8 / ours':>17}")
    for folder in sorted(p.parent for p in a.runs.glob("*/report.json")):
        if a.names and folder.name not in a.names:
            continue
        model = json.loads((folder / "report.json").read_text())["config"]["model"]
        columns = [[], [], [], []]
        for _ in range(a.rounds):
            columns[0].append(octavo_ms(a.octavo, model, None, a))
            columns[1].append(octavo_ms(a.octavo, model, str(folder / "plan.json"), a))
            columns[2].append(peer_ms(model, a))
            columns[3].append(peer_ms(str(folder / "model.qdq.onnx"), a))
        f, q, of, oq = (statistics.median(c) for c in columns)
        print(f"{folder.name:20}{f:12.2f}{q:9.2f}{f / q:7.2f}{of:10.2f}{oq:10.2f}{oq / q:17.2f}", flush=True)


if __name__ == "__main__":
    main()
