#!/usr/bin/env python3
"""Follows docs/plugins.md: the files are its code blocks, the commands are its own, and what comes out must be a segmentation.

    tutorial.py BUILD_TREE WORK
"""
import json
import pathlib
import re
import shutil
import sys

import segmentation
from installed import SOURCES, check, compile_quickly, install, run


def files_of(page):
    """Name and content of each block that stands below its name."""
    return re.findall(r"^`([\w.]+)`:\n\n```\w+\n(.*?)^```$", page, flags=re.MULTILINE | re.DOTALL)


def commands_of(page):
    (block,) = re.findall(r"^```sh\n(.*?)^```$", page, flags=re.MULTILINE | re.DOTALL)
    return block.splitlines()


def main():
    build_tree, work = (pathlib.Path(argument).resolve() for argument in sys.argv[1:])
    work.mkdir(parents=True, exist_ok=True)
    prefix = install(build_tree, work)
    folder = work / "segmentation"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    page = (SOURCES / "docs/plugins.md").read_text()
    for name, content in files_of(page):
        (folder / name).write_text(content)
    segmentation.make(folder)

    said = ""
    for command in commands_of(page):
        said += run(re.sub(r"\bPREFIX\b", str(prefix), command), folder, **compile_quickly())
    for plugin in ("dataset 'label_maps'", "adapter 'pixel_classes'", "metric 'mean_iou'"):
        check(f"ok: {plugin} 1.0.0" in said, f"{plugin} is taken")
    accuracy = json.loads((folder / "run/report.json").read_text())["accuracy"]
    fp32, int8 = accuracy["fp32"]["mean_iou"], accuracy["int8"]["mean_iou"]
    check(accuracy["images"] == 40 and fp32 > 70, f"mean IoU in fp32: {fp32:.2f} %")
    check(abs(fp32 - int8) < 2 and fp32 != int8, f"mean IoU in int8: {int8:.2f} %")

    # A data set that does not fit ends the run with a message of the plugin's own.
    (folder / "labels/007.pgm").write_text("no label map")
    fault = run(f"{prefix}/bin/octavo calibrate segment.json --plugin-path build 2>&1; test $? = 4", folder)
    check("dataset 'label_maps': " in fault and "labels/007.pgm: found no label map" in fault, fault.strip())


if __name__ == "__main__":
    main()
