"""Models that octavo convert has written: valid, in standard operators, clean, and the same in ONNX Runtime as the originals.

usage: convert.py OCTAVO MODEL_OR_FOLDER...
"""

import subprocess
import sys

import numpy
import onnx
import onnxruntime

from support import count_faults, models_in, range_share

GONE = {"BatchNormalization", "Identity", "Dropout", "Constant"}
MOST_DIFFERENCE = 1e-3  # of an output's range, as octavo convert itself allows for folded batch norms


def run(path, feeds=None):
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    if feeds is None:
        random = numpy.random.default_rng(1)
        shapes = {i.name: [d if isinstance(d, int) else 1 for d in i.shape] for i in session.get_inputs()}
        feeds = {name: random.standard_normal(shape, dtype=numpy.float32) for name, shape in shapes.items()}
    return feeds, {o.name: value for o, value in zip(session.get_outputs(), session.run(None, feeds))}


def faults(octavo, model, folder):
    output = folder / "out.onnx"
    done = subprocess.run([octavo, "convert", model, output, "--device", "onednn"], capture_output=True, text=True)
    if done.returncode:
        return [done.stderr.strip()]
    print(done.stdout.strip().replace(str(output), model.name))
    converted = onnx.load(output)
    onnx.checker.check_model(converted, full_check=True)
    found = [f"{n.op_type} '{n.name}' is left" for n in converted.graph.node if n.op_type in GONE or n.domain not in ("", "ai.onnx")]
    feeds, expected = run(model)
    _, given = run(output, feeds)
    if list(expected) != list(given):
        return found + [f"outputs {list(given)}, expected {list(expected)}"]
    for name, value in expected.items():
        worst = range_share(given[name], value)
        if worst > MOST_DIFFERENCE:
            found.append(f"output '{name}' differs by {worst:.2g} of its range")
    return found


def main():
    octavo, *places = sys.argv[1:]
    models = models_in(places)
    failed = count_faults(models, lambda model, folder: faults(octavo, model, folder))
    print(f"{len(models)} models converted, {failed} failures")
    return 1 if failed or not models else 0


if __name__ == "__main__":
    sys.exit(main())
