#!/usr/bin/env python3
"""Builds every template outside the tree with two commands, and runs the quickstart's network with all five at once; then with a metric
that takes the model's outputs as they are. An adapter for detectors, of the SDK's base, is built as well.

    templates.py BUILD_TREE WORK
"""
import concurrent.futures
import json
import pathlib
import shutil
import sys

from installed import SOURCES, check, compile_quickly, install, run

KINDS = ("dataset", "adapter", "metric", "algorithm", "device")
IMAGES = 40


def build(source, name, prefix, work):
    folder = work / name
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(source, folder)
    run(["cmake", "-B", "build", f"-DCMAKE_PREFIX_PATH={prefix}"], folder, **compile_quickly())
    run(["cmake", "--build", "build"], folder, **compile_quickly())
    return folder / "build"


def write_configs(prefix, work):
    """all.json uses the templates' plugins on some images of the quickstart, raw.json the metric raw_top1."""
    given = prefix / "share/octavo/quickstart"
    lines = (given / "validation.txt").read_text().splitlines()[:IMAGES]  # "FOLDER/FILE CLASS"
    (work / "images.txt").write_text("".join(f"{given}/images/{line}\n" for line in lines))
    wanted = json.loads((given / "classify.json").read_text())
    wanted.update(model=str(given / "classify.onnx"), dataset={"plugin": "my_dataset", "list": "images.txt"},
                  calibration={"limit": IMAGES // 2}, validation=[{}], metric={"plugin": "my_metric", "rank": 1},
                  adapter={"plugin": "my_adapter", "temperature": 2}, algorithm=["my_algorithm", "bias_correction"], output="run")
    del wanted["target"]
    (work / "all.json").write_text(json.dumps(wanted))
    (work / "raw.json").write_text(json.dumps({**wanted, "adapter": "tensors", "metric": "raw_top1"}))


def main():
    build_tree, work = (pathlib.Path(argument).resolve() for argument in sys.argv[1:])
    work.mkdir(parents=True, exist_ok=True)
    prefix = install(build_tree, work)
    octavo = prefix / "bin/octavo"
    sources = {f"my_{kind}": prefix / "share/octavo/templates" / kind for kind in KINDS}
    for name in ("raw_top1", "corner_boxes"):
        sources[name] = SOURCES / "tests/install" / name
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        folders = list(pool.map(lambda name: build(sources[name], name, prefix, work), sources))
    for kind, name, folder in zip((*KINDS, "metric", "adapter"), sources, folders):
        said = run([octavo, "plugins", "doctor", folder], work)
        check(f"ok: {kind} '{name}' 0.1.0" in said, said.strip())

    write_configs(prefix, work)
    path = {"OCTAVO_PLUGIN_PATH": ":".join(map(str, folders))}
    run([octavo, "calibrate", "all.json", "-q"], work, **path)
    report = json.loads((work / "run/report.json").read_text())
    accuracy = report["accuracy"]
    check(accuracy["metric"] == "my_metric" and "my_algorithm" in report["plan"]["algorithm"], "my_metric and my_algorithm were used")
    fp32, int8 = accuracy["fp32"]["right"], accuracy["int8"]["right"]
    check(fp32 > 80 and int8 > 70, f"right classes: fp32 {fp32} %, int8 {int8} %")

    def evaluated(*arguments):
        return json.loads(run([octavo, "evaluate", *arguments, "--json", "-q"], work, **path))["figures"]["right"]

    check(evaluated("all.json", "--device", "my_device") == fp32, "my_device gives the same in fp32")
    check(evaluated("raw.json") == fp32, "so does a metric that reads the outputs itself")
    check(evaluated("raw.json", "--plan", "run/plan.json") == int8, "also in int8")
    run([octavo, "calibrate", "all.json", "-q", "--device", "my_device", "--output", "run_my_device"], work, **path)
    accuracy = json.loads((work / "run_my_device/report.json").read_text())["accuracy"]
    check(accuracy["int8"]["right"] == fp32, "a calibration on my_device leaves everything in fp32")


if __name__ == "__main__":
    main()
