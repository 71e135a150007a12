#!/usr/bin/env python3
"""Latency beside other runtimes, in turns (octavo benchmark --compare).

    compare.py OCTAVO MODEL --compare openvino,onnxruntime [--run RUN] [--rounds 3] [--seconds 1] [--threads N] [--json]

Each round runs octavo and then the others, every measurement in a process of its own, so that whatever else the machine does hits all alike;
first the model, then its int8 form where RUN is the output folder of `octavo calibrate`. Batch 1, random numbers. Figures are medians of the
rounds' figures; min is the least time of all.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from runtimes import ENGINES, fail, form_for, guarded, has_vnni, open_model, read_report, require

WARM_UP, LEAST_RUNS = 3, 5


def resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def measure(engine: str, model: Path, threads: int, seconds: float, runs: int) -> dict:
    """In this process: latency in ms, and what the process holds at the end. `runs` 0: as many as fit into the seconds."""
    import numpy as np
    opened = open_model(engine, model, threads, integer=True)
    random = np.random.default_rng(1)
    feeds = {name: (random.uniform(0, 256, shape) if kind == "uint8" else random.uniform(-1, 1, shape)).astype(kind)
             for name, (shape, kind) in opened.inputs.items()}
    for _ in range(WARM_UP):
        opened.run(feeds)
    times, end = [], time.perf_counter() + seconds
    while len(times) < (runs or LEAST_RUNS) or (not runs and time.perf_counter() < end):
        start = time.perf_counter()
        opened.run(feeds)
        times.append(1e3 * (time.perf_counter() - start))
    low, middle, p90, p99 = np.quantile(times, [0, 0.5, 0.9, 0.99])
    return {"latency_ms": {"min": low, "median": middle, "p90": p90, "p99": p99}, "memory_mb": {"steady": resident_mb()}, "runs": len(times)}


def in_process(command: list, environment: dict) -> dict:
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, **environment})
    if done.returncode and "octavo: error: " in done.stderr:  # it has said why
        print(done.stderr, end="", file=sys.stderr)
        sys.exit(done.returncode)
    if done.returncode:
        last = done.stderr.strip().rsplit("\n", 1)[-1]
        fail(f"{' '.join(map(str, command))}: ended with code {done.returncode}" + (f": {last}" if last else ""), 1)
    return json.loads(done.stdout)


def turn(engine: str, model: Path, options: dict, plan: Path | None = None, octavo: str = "", environment: dict = {}) -> dict:
    """One measurement in a process of its own; options: threads, seconds, runs."""
    given = [text for name, value in options.items() for text in (f"--{name}", str(value))]
    if engine == "octavo":
        return in_process([octavo, "benchmark", model, "--json", *given, *(["--plan", plan] if plan else [])], environment)
    return in_process([sys.executable, "-B", __file__, "--measure", engine, model, *given], environment)


def summary(turns: list[dict]) -> dict:
    """Of the turns of one engine."""
    latencies = [one["latency_ms"] for one in turns]
    middle = {key: statistics.median(one[key] for one in latencies) for key in ("median", "p90", "p99")}
    return {"min": min(one["min"] for one in latencies), **middle, "memory_mb": statistics.median(one["memory_mb"]["steady"] for one in turns)}


def print_text(rows: list[dict]) -> None:
    print(f"{'runtime':14} {'model':6} {'median ms':>10} {'min':>9} {'p90':>9} {'p99':>9} {'resident MB':>12} {'over octavo':>12}")
    own = {row["form"]: row["median"] for row in rows if row["engine"] == "octavo"}
    for row in rows:
        print(f"{row['engine']:14} {row['form']:6} {row['median']:10.3f} {row['min']:9.3f} {row['p90']:9.3f} {row['p99']:9.3f} "
              f"{row['memory_mb']:12.1f} {row['median'] / own[row['form']]:12.2f}")
    if not has_vnni() and any(row["engine"] == "openvino" and row["form"] == "int8" for row in rows):
        print("\nopenvino int8: its kernels as they are, which saturate on this CPU; the others' sums are exact")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("octavo", help="the program")
    parser.add_argument("model", type=Path)
    parser.add_argument("--compare", default=",".join(ENGINES))
    parser.add_argument("--run", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=1)
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--json", action="store_true")
    a = parser.parse_args()
    engines = a.compare.split(",")
    require(engines)
    if a.run:
        read_report(a.run)
    with tempfile.TemporaryDirectory() as scratch:
        jobs = []  # form, engine, file, plan
        for form, run in (("fp32", None), *([("int8", a.run)] if a.run else [])):
            jobs.append((form, "octavo", a.model, run / "plan.json" if run else None))
            jobs += [(form, engine, form_for(engine, a.octavo, a.model, run, Path(scratch)), None) for engine in engines]
        turns = [[] for _ in jobs]
        for _ in range(a.rounds):
            for (form, engine, model, plan), found in zip(jobs, turns):
                found.append(turn(engine, model, {"threads": a.threads, "seconds": a.seconds}, plan, a.octavo))
    rows = [{"engine": engine, "form": form, **summary(found)} for (form, engine, _, _), found in zip(jobs, turns)]
    print(json.dumps({"rounds": a.rounds, "rows": rows})) if a.json else print_text(rows)


def main_of_measurement(arguments: list) -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("engine")
    parser.add_argument("model", type=Path)
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=1)
    parser.add_argument("--runs", type=int, default=0)
    a = parser.parse_args(arguments)
    print(json.dumps(measure(a.engine, a.model, a.threads, a.seconds, a.runs)))


if __name__ == "__main__":
    guarded(lambda: main_of_measurement(sys.argv[2:]) if sys.argv[1:2] == ["--measure"] else main())
