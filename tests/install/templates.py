#!/usr/bin/env python3
"""Builds every template outside the tree with two commands, and runs the quickstart's network with all five at once.

    templates.py BUILD_TREE WORK
"""
import concurrent.futures
import json
import pathlib
import shutil
import sys

from installed import check, compile_quickly, install, run

KINDS = ("dataset", "adapter", "metric", "algorithm", "device")
IMAGES = 40


def build(kind, prefix, work):
    folder = work / f"my_{kind}"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(prefix / "share/octavo/templates" / kind, folder)
    run(["cmake", "-B", "build", f"-DCMAKE_PREFIX_PATH={prefix}"], folder, **compile_quickly())
    run(["cmake", "--build", "build"], folder)
    return folder / "build"


def quickstart(prefix, work):
    """A config in a folder of its own that uses the templates' plugins on some images of the quickstart."""
    given = prefix / "share/octavo/quickstart"
    lines = (given / "validation.txt").read_text().splitlines()[:IMAGES]  # "FOLDER/FILE CLASS"
    (work / "images.txt").write_text("".join(f"{given}/images/{line}\n" for line in lines))
    wanted = json.loads((given / "classify.json").read_text())
    wanted.update(model=str(given / "classify.onnx"), dataset={"plugin": "my_dataset", "list": "images.txt"},
                  calibration={"limit": IMAGES // 2}, validation=[{}], metric={"plugin": "my_metric", "rank": 1},
                  adapter={"plugin": "my_adapter", "temperature": 2}, algorithm=["my_algorithm", "bias_correction"], output="run")
    del wanted["target"]
    (work / "all.json").write_text(json.dumps(wanted))
    return work / "all.json"


def main():
    build_tree, work = (pathlib.Path(argument).resolve() for argument in sys.argv[1:])
    work.mkdir(parents=True, exist_ok=True)
    prefix = install(build_tree, work)
    octavo = prefix / "bin/octavo"
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        folders = list(pool.map(lambda kind: build(kind, prefix, work), KINDS))
    for kind, folder in zip(KINDS, folders):
        said = run([octavo, "plugins", "doctor", folder], work)
        check(f"ok: {kind} 'my_{kind}' 0.1.0" in said, said.strip())

    path = {"OCTAVO_PLUGIN_PATH": ":".join(map(str, folders))}
    run([octavo, "calibrate", quickstart(prefix, work), "-q"], work, **path)
    report = json.loads((work / "run/report.json").read_text())
    accuracy = report["accuracy"]
    check(accuracy["metric"] == "my_metric" and "my_algorithm" in str(report["plan"]["algorithm"]), "my_metric and my_algorithm were used")
    check(accuracy["fp32"]["right"] > 80 and accuracy["int8"]["right"] > 70,
          f"right classes: fp32 {accuracy['fp32']['right']} %, int8 {accuracy['int8']['right']} %")
    figures = json.loads(run([octavo, "evaluate", work / "all.json", "--device", "my_device", "--json", "-q"], work, **path))["figures"]
    check(figures["right"] == accuracy["fp32"]["right"], f"my_device gives the same in fp32: {figures['right']} %")


if __name__ == "__main__":
    main()
