#!/usr/bin/env python3
"""What int8 gains and costs on nine topologies, instruction set by instruction set: the table of Intel's article of 2018 on int8 inference
on CPUs, made anew on this machine with one command.

    table1.py OCTAVO --output FOLDER [--networks NAME,...] [--isa AVX2,SSE41,...] [--rounds 5] [--images 100] [--real NAME,...]

Plans are made for each instruction set (ONEDNN_MAX_CPU_ISA, which OpenVINO heeds too; ONNX Runtime runs with the CPU's own) with objective
"latency". Then all engines take turns, every measurement in a process of its own, batch 1. A gain is the time of the fastest fp32 of
Octavo, OpenVINO and, with the CPU's own instructions, ONNX Runtime over that of Octavo's int8; medians of the rounds. OpenVINO's int8 runs the
model that Octavo exports; what Octavo takes over the best of OpenVINO is of minima. Memory is what a process
holds after 20 runs, less what one holds that has made a single 1x1 convolution. The topologies have synthetic weights: for them stand the
ratio of the outputs to their error and the share of equal classes, for the networks of configs/real the accuracy lost over all images.
FOLDER gets table.md, table.html, table.json and the runs. Needs './dev venv' and './dev models'; exit code 77: skipped, with the reason.
"""
import argparse
import html
import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests/peers"), str(ROOT / "core/cli/peers")]
from compare import summary, turn
from runtimes import fail, form_for
from support import ISAS, absolute, available_isas

MEMORY_RUNS = 20
# Of the article: gain by instruction set, and points lost (of top-1, or mAP).
ARTICLE = {
    "inception-v1": ({"AVX512_CORE": 1.28, "AVX2": 1.31, "SSE41": 1.27}, 0.16),
    "inception-v3": ({}, 0.01),
    "inception-v4": ({}, 0.35),
    "resnet-50": ({"AVX512_CORE": 2.15, "AVX2": 1.67, "SSE41": 1.71}, 0.07),
    "resnet-101": ({}, 0.27),
    "densenet-201": ({}, 0.05),
    "mobilenet-v1": ({"AVX512_CORE": 1.60, "AVX2": 1.56, "SSE41": 2.1}, 0.19),
    "ssd300-vgg16": ({"AVX512_CORE": 1.42, "AVX2": 1.66, "SSE41": 1.72}, 0.03),
    "ssd-mobilenet-v1": ({}, 0.24),
}


def cap(isa: str) -> dict:
    return {"ONEDNN_MAX_CPU_ISA": ISAS[isa][1]}


def calibrate(a, config: Path, isa: str, images: int, more: dict) -> tuple[Path, dict]:
    """The run's folder and its report."""
    run = a.output / "runs" / isa / config.stem
    run.mkdir(parents=True, exist_ok=True)
    (run / "config.json").write_text(json.dumps({**absolute(json.loads(config.read_text()), config.parent), **more, "output": str(run)}))
    print(f"{config.stem} {isa}: calibrating", file=sys.stderr, flush=True)
    done = subprocess.run([a.octavo, "calibrate", run / "config.json", "--quiet", *(["--limit", str(images)] if images else [])],
                          stdout=subprocess.DEVNULL, env={**os.environ, **cap(isa)})
    if done.returncode:
        fail(f"octavo calibrate {run}/config.json: exit code {done.returncode}", done.returncode)
    return run, json.loads((run / "report.json").read_text())


def write_convolution(path: Path) -> Path:
    """One 1x1 convolution, which makes a process load all its libraries."""
    from onnx import TensorProto, checker, helper, save
    weights = helper.make_tensor("w", TensorProto.FLOAT, [1, 1, 1, 1], [1.0])
    values = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, 1, 1, 1]) for name in "xy"]
    graph = helper.make_graph([helper.make_node("Conv", ["x", "w"], ["y"])], "one", values[:1], values[1:], [weights])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    checker.check_model(model)
    save(model, path)
    return path


def measure_speed(a, model: Path, runs: dict) -> dict:
    """[(engine, form, isa)] -> figures, all in turns."""
    jobs = [job for isa in a.isa for job in (("octavo", "fp32", isa), ("octavo", "int8", isa), ("openvino", "fp32", isa), ("openvino", "int8", isa))]
    jobs += [("onnxruntime", "fp32", isa) for isa in a.isa if isa == available_isas()[0]]
    turns = {job: [] for job in jobs}
    forms = {isa: form_for("openvino", a.octavo, model, runs[isa], runs[isa]) for isa in a.isa}
    for number in range(a.rounds):
        print(f"{model.stem}: round {number + 1} of {a.rounds}", file=sys.stderr, flush=True)
        for engine, form, isa in jobs:
            plan = runs[isa] / "plan.json" if (engine, form) == ("octavo", "int8") else None
            of = forms[isa] if (engine, form) == ("openvino", "int8") else model
            turns[engine, form, isa].append(turn(engine, of, {"seconds": a.seconds}, plan, a.octavo, cap(isa)))
    return {job: summary(found) for job, found in turns.items()}


def measure_memory(a, model: Path, run: Path, convolution: Path) -> dict:
    """MB that the network needs, by engine and form, with the first of a.isa; ONNX Runtime heeds none."""
    found = {}
    for engine, form in (("octavo", "fp32"), ("octavo", "int8"), ("openvino", "fp32"), ("onnxruntime", "fp32"), ("onnxruntime", "int8")):
        plan = run / "plan.json" if (engine, form) == ("octavo", "int8") else None
        of = form_for("onnxruntime", a.octavo, model, run, run) if (engine, form) == ("onnxruntime", "int8") else model
        with_model, without = (turn(engine, file, {"runs": MEMORY_RUNS}, chosen, a.octavo, cap(a.isa[0]))["memory_mb"]["steady"]
                               for file, chosen in ((of, plan), (convolution, None)))
        found[f"{engine} {form}"] = with_model - without
    return found


def row_of(a, name: str, convolution: Path) -> dict:
    """All that is measured of one topology."""
    config = ROOT / "configs/topologies" / f"{name}.json"
    runs, reports = {}, {}
    for isa in a.isa:
        runs[isa], reports[isa] = calibrate(a, config, isa, a.images, {"objective": "latency"})
    model = Path(reports[a.isa[0]]["config"]["model"])
    speed = measure_speed(a, model, runs)
    gains, least_gains = {}, {}
    for isa in a.isa:
        floats = [job for job in speed if job[1:] == ("fp32", isa)]
        for key, into in (("median", gains), ("min", least_gains)):
            into[isa] = min(speed[job][key] for job in floats) / speed["octavo", "int8", isa][key]
    best = {isa: min(speed["openvino", form, isa]["min"] for form in ("fp32", "int8")) for isa in a.isa}
    fidelity = reports[a.isa[0]]["fidelity"]
    changed = fidelity["changed"]
    return {"name": name, "gain": gains, "gain_of_minima": least_gains,
            "over_openvino": {isa: speed["octavo", "int8", isa]["min"] / best[isa] for isa in a.isa}, "ms": {" ".join(job): figures for job, figures in speed.items()},
            "memory_mb": measure_memory(a, model, runs[a.isa[0]], convolution), "snr_db": fidelity["snr_db"],
            "agreement": None if changed is None else 100 * (1 - changed / fidelity["images"])}


def accuracy_of(a, name: str) -> dict:
    _, report = calibrate(a, ROOT / "configs/real" / f"{name}.json", a.isa[0], 0, {"objective": "latency"})
    accuracy = report["accuracy"]
    return {"name": name, "images": accuracy["images"], **{key: accuracy[key]["top1"] for key in ("fp32", "int8", "drop")}}


def shown(value, digits: int = 2) -> str:
    return "" if value is None else f"{value:.{digits}f}"


def tables(a, rows: list[dict], real: list[dict]) -> list[tuple[str, list, list]]:
    """Title, heads and cells of each."""
    native = a.isa[0]
    means = [["geometric mean", isa, "", "", "", "", "", f"{statistics.geometric_mean(row['over_openvino'][isa] for row in rows):.2f}"]
             for isa in a.isa]
    drops = {name: drop for name, (_, drop) in ARTICLE.items()}
    speed_rows, time_rows, cost_rows = [], [], []
    for row in rows:
        published = ARTICLE.get(row["name"], ({}, None))[0]
        speed_rows.append([row["name"]])
        for isa in a.isa:
            speed_rows[-1] += [f"{row['gain'][isa]:.2f} ({row['gain_of_minima'][isa]:.2f})", shown(published.get(isa))]
        for isa in a.isa:
            times = [row["ms"].get(f"{job} {isa}") for job in ("octavo fp32", "openvino fp32", "onnxruntime fp32", "octavo int8", "openvino int8")]
            time_rows.append([row["name"], isa, *(f"{one['median']:.2f} ({one['min']:.2f})" if one else "" for one in times),
                              f"{row['over_openvino'][isa]:.2f}"])
        memory = row["memory_mb"]
        cost_rows.append([row["name"], *(shown(memory[key], 1) for key in ("octavo fp32", "openvino fp32", "onnxruntime fp32", "octavo int8",
                                                                                         "onnxruntime int8")),
                          shown(memory["octavo int8"] / max(memory["octavo fp32"], 1e-9)), shown(row["snr_db"], 1), shown(row["agreement"]),
                          shown(drops.get(row["name"]))])
    return [
        ("Times faster in int8 than the fastest fp32: of medians (of minima)",
         ["network", *(text for isa in a.isa for text in (isa, f"{isa}, article"))], speed_rows),
        ("Milliseconds, median (minimum)", ["network", "instructions", "Octavo fp32", "OpenVINO fp32", "ONNX Runtime fp32", "Octavo int8",
         "OpenVINO int8", "Octavo int8 / best of OpenVINO, of minima"], time_rows + means),
        (f"Memory in MB ({native}), and what int8 changes", ["network", "Octavo fp32", "OpenVINO fp32", "ONNX Runtime fp32", "Octavo int8",
         "ONNX Runtime int8", "int8 / fp32", "SNR dB", "same class %", "points lost, article"], cost_rows),
        ("Trained networks: top-1 in percent", ["network", "images", "fp32", "int8", "points lost"],
         [[one["name"], str(one["images"]), *(shown(one[key]) for key in ("fp32", "int8", "drop"))] for one in real]),
    ]


def markdown(about: str, made: list) -> str:
    parts = [about]
    for title, heads, rows in made:
        lines = ["| " + " | ".join(cells) + " |" for cells in (heads, *rows)]
        lines.insert(1, "|---|" + "---:|" * (len(heads) - 1))
        parts.append(f"## {title}\n\n" + "\n".join(lines))
    return "\n\n".join(parts) + "\n"


def chart(a, rows: list[dict]) -> str:
    """Gains as bars, one colour an instruction set; a line across a bar is the article's figure."""
    colours = dict(zip(ISAS, ("#4e2a84", "#1f5f8b", "#2a9d8f", "#e9a03b", "#c8553d")))
    left, thick, gap, width = 130, 14, 12, 520
    most = max([1.0, *(gain for row in rows for gain in row["gain"].values()), *(gain for gains, _ in ARTICLE.values() for gain in gains.values())])
    scale, parts, y = width / most, [], 30
    for place, isa in enumerate(a.isa):
        parts.append(f'<rect x="{left + 140 * place}" y="2" width="12" height="12" fill="{colours[isa]}"/>'
                     f'<text x="{left + 140 * place + 17}" y="12">{isa}</text>')
    for row in rows:
        middle = y + thick * len(a.isa) / 2 + 4
        parts.append(f'<text x="{left - 8}" y="{middle}" text-anchor="end">{html.escape(row["name"])}</text>')
        for isa in a.isa:
            gain, published = row["gain"][isa], ARTICLE.get(row["name"], ({}, None))[0].get(isa)
            parts.append(f'<rect x="{left}" y="{y}" width="{gain * scale:.1f}" height="{thick - 2}" fill="{colours[isa]}"/>'
                         f'<text x="{left + max(gain, published or 0) * scale + 5:.1f}" y="{y + 10}">{gain:.2f}</text>')
            if published:
                parts.append(f'<rect x="{left + published * scale:.1f}" y="{y - 1}" width="2" height="{thick}" fill="#000"/>')
            y += thick
        y += gap
    parts.append(f'<line x1="{left + scale:.1f}" x2="{left + scale:.1f}" y1="24" y2="{y - gap + 4}" stroke="#888" stroke-dasharray="3 3"/>')
    return f'<svg viewBox="0 0 {left + width + 60} {y}" role="img" aria-label="times faster in int8">{"".join(parts)}</svg>'


def page(a, about: str, made: list, rows: list[dict]) -> str:
    style = ("body{font:15px/1.5 sans-serif;max-width:70em;margin:2em auto;padding:0 1em}table{border-collapse:collapse}"
             "td,th{padding:.2em .7em;border-bottom:1px solid #ccc;text-align:right}td:first-child,th:first-child{text-align:left}"
             "svg{width:100%;max-width:50em;font:11px sans-serif}")
    parts = [f"<p>{html.escape(about)}</p>"]
    for number, (title, heads, cells) in enumerate(made):
        head = "".join(f"<th>{html.escape(text)}</th>" for text in heads)
        body = "".join("<tr>" + "".join(f"<td>{html.escape(text)}</td>" for text in row) + "</tr>" for row in cells)
        drawn = chart(a, rows) + "<p>A black line is the article's figure, the dashed one 1.</p>" if number == 0 else ""
        parts.append(f"<h2>{html.escape(title)}</h2>{drawn}<table><tr>{head}</tr>{body}</table>")
    return (f'<!doctype html><html lang="en"><meta charset="utf-8"><title>int8 on this CPU</title><style>{style}</style>'
            f'<h1>int8 on this CPU</h1>{"".join(parts)}</html>\n')


def names(folder: str) -> list[str]:
    return sorted(path.stem for path in (ROOT / "configs" / folder).glob("*.json"))


def classifiers() -> list[str]:
    return [name for name in names("real") if json.loads((ROOT / f"configs/real/{name}.json").read_text())["metric"]["plugin"] == "accuracy"]


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("octavo")
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--networks", type=lambda text: text.split(","), default=names("topologies"))
    parser.add_argument("--isa", type=lambda text: text.split(","), default=available_isas(), help="from the richest, whose figures stand for the CPU")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=2, help="of one measurement")
    parser.add_argument("--images", type=int, default=100, help="for calibrating a topology, and for judging it")
    parser.add_argument("--real", type=lambda text: text.split(",") if text else [], default=classifiers(), help="trained networks; '' for none")
    a = parser.parse_args()
    a.isa = [isa for isa in ISAS if isa in a.isa and isa in available_isas()]
    a.output = a.output.resolve()
    if not a.isa:
        fail(f"--isa: expected some of {', '.join(available_isas())}, which this CPU has")
    for folder, wanted in (("topologies", a.networks), ("real", a.real)):
        for name in set(wanted) - set(names(folder)):
            fail(f"found the network '{name}', expected some of {', '.join(names(folder))}")
    return a


def main() -> int:
    a = options()
    if not (ROOT.parent / "shared").is_dir():
        print("skipped: no ../shared")
        return 77
    a.output.mkdir(parents=True, exist_ok=True)
    convolution = write_convolution(a.output / "convolution.onnx")
    rows = [row_of(a, name, convolution) for name in a.networks]
    real = [accuracy_of(a, name) for name in a.real]
    cpu = next(line.split(": ")[1] for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name"))
    about = (f"{cpu}, {os.cpu_count()} threads, {', '.join(a.isa)}; batch 1, medians of {a.rounds} rounds; {a.images} images each calibrate and "
             "judge a topology. ONNX Runtime runs with the CPU's own instructions only.")
    made = tables(a, rows, real)
    for file, text in (("table.md", markdown(about, made)), ("table.html", page(a, about, made, rows)),
                       ("table.json", json.dumps({"about": about, "topologies": rows, "trained": real}, indent=2) + "\n")):
        (a.output / file).write_text(text)
    print(markdown(about, made), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
