#!/usr/bin/env python3
"""Builds the template `runtime` outside the tree against the installed and moved library, in C++, and a program in C; both must answer what
the host answers on the same images, from two streams on two threads.

    runtime.py BUILD_TREE WORK
"""
import json
import pathlib
import shutil
import struct
import sys

from installed import SOURCES, check, compile_quickly, install, run

IMAGES = 40


def build(source, prefix, work):
    folder = work / source.name
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(source, folder)
    run(["cmake", "-B", "build", f"-DCMAKE_PREFIX_PATH={prefix}"], folder, **compile_quickly())
    run(["cmake", "--build", "build"], folder, **compile_quickly())
    return folder / "build"


def ship(prefix, work):
    """The library and its device in a folder of their own."""
    app = work / "app"
    shutil.rmtree(app, ignore_errors=True)
    (app / "octavo/devices").mkdir(parents=True)
    shutil.copy(prefix / "lib/liboctavo_runtime.so.0.1", app)
    shutil.copy(prefix / "lib/octavo/devices/onednn.so", app / "octavo/devices")
    for library in (prefix / "lib/octavo").glob("*.so*"):
        shutil.copy(library, app / "octavo")
    return app


def read_npy(path):
    """Of float32."""
    data = path.read_bytes()
    (header,) = struct.unpack_from("<H", data, 8)
    return struct.unpack(f"<{(len(data) - 10 - header) // 4}f", data[10 + header:])


def greatest(values):
    return max(range(len(values)), key=lambda i: values[i])


def main():
    build_tree, work = (pathlib.Path(argument).resolve() for argument in sys.argv[1:])
    work.mkdir(parents=True, exist_ok=True)
    prefix = install(build_tree, work)
    octavo = prefix / "bin/octavo"
    given = prefix / "share/octavo/quickstart"
    names = [line.split()[0] for line in (given / "validation.txt").read_text().splitlines()[:IMAGES]]
    images = [str(given / "images" / name) for name in names]
    run([octavo, "calibrate", given / "classify.json", "-q", "--limit", str(IMAGES), "--output", work / "run"], work)

    page, example = (SOURCES / "docs/runtime.md").read_text(), (SOURCES / "sdk/templates/runtime/classify.cpp").read_text()
    check(f"```cpp\n{example}```" in page, "docs/runtime.md shows the template")
    classify = build(prefix / "share/octavo/templates/runtime", prefix, work) / "classify"
    answers = [line.split("\t") for line in run([classify, work / "run", *images], work).splitlines()]
    answers.sort(key=lambda answer: images.index(answer[0]))  # two threads print them
    check([answer[0] for answer in answers] == images, f"classify answers {len(answers)} images")
    run([octavo, "evaluate", given / "classify.json", "-q", "--limit", str(IMAGES), "--plan", "run/plan.json", "--answers", "answers.txt"], work)
    expected = [line.split("\t")[1] for line in (work / "answers.txt").read_text().splitlines()[1:]]
    check([answer[1] for answer in answers] == expected, "its classes are those of octavo evaluate")
    for image, found, score in answers[:4]:
        run([octavo, "infer", given / "classify.onnx", "--plan", "run/plan.json", "--config", given / "classify.json", "--image", image,
             "--output-dir", "out"], work)
        (output,) = (work / "out").glob("*.npy")
        scores = read_npy(output)
        same = greatest(scores) == int(found) and struct.pack("<f", float(score)) == struct.pack("<f", max(scores))
        check(same, f"{pathlib.Path(image).name}: class {found} with {score}, to the bit as octavo infer says")

    said = run(f"{classify} {work}/nowhere {images[0]}; test $? = 1", work)
    check("nowhere" in said, said.strip())
    raw = build(SOURCES / "tests/install/runtime_c", prefix, work) / "scores"
    said = json.loads(run([raw, work / "run", images[3]], work))
    check(struct.pack(f"<{len(scores)}f", *said["scores"]) == struct.pack(f"<{len(scores)}f", *scores), "so does a program in C")
    check(said["version"].startswith("0.1."), f"version {said['version']}")

    app = ship(prefix, work)
    shutil.copy(given / "classify.onnx", app)
    for name in ("plan.json", "plan.delta.bin", "report.json"):
        shutil.copy(work / "run" / name, app)
    shutil.rmtree(prefix / "lib/octavo")
    said = run([classify, app, images[0]], work, LD_LIBRARY_PATH=str(app))
    check(said.split() == answers[0], "so does what docs/runtime.md ships, without the rest")


if __name__ == "__main__":
    main()
