"""IR that octavo convert has written, in OpenVINO's CPU plugin beside our own answers: the same outputs, names, and free batch. So has ONNX
that octavo convert makes of that IR, in ONNX Runtime.

usage: openvino_float.py OCTAVO MODEL_OR_FOLDER...
"""

import subprocess
import sys

import numpy as np
import onnxruntime
import openvino as ov

from support import count_faults, infer, models_in, range_share

MOST_DIFFERENCE = 1e-4  # of an output's range


def faults(octavo, model, folder):
    written, back = folder / "out.xml", folder / "back.onnx"
    for source, target in ((model, written), (written, back)):
        done = subprocess.run([octavo, "convert", source, target, "--device", "onednn", "--quiet"], capture_output=True, text=True)
        if done.returncode:
            return [done.stderr.strip()]
    core = ov.Core()
    read = core.read_model(written)
    compiled = core.compile_model(read, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    session = onnxruntime.InferenceSession(back, providers=["CPUExecutionProvider"])
    found, worst = [], 0.0
    is_free = read.inputs[0].partial_shape[0].is_dynamic
    for batch in (1, 2) if is_free else (1,):
        random = np.random.default_rng(batch)
        shapes = {i.any_name: [batch if d.is_dynamic else d.get_length() for d in i.partial_shape] for i in read.inputs}
        feeds = {name: random.standard_normal(shape, dtype=np.float32) for name, shape in shapes.items()}
        names = [o.any_name for o in read.outputs]
        ours = infer(octavo, model, "onednn", feeds, names)
        if isinstance(ours, str):
            return found + [ours]
        theirs = compiled(feeds)
        for name, want, again in zip(names, ours, session.run(names, feeds)):
            for what, got in (("", theirs[name]), (" of ONNX made of it", again)):
                share = range_share(got, want)
                worst = max(worst, share)
                if not share <= MOST_DIFFERENCE:
                    found.append(f"batch {batch}: output '{name}'{what} differs by {share:.2g} of its range")
    print(f"{model.name}: {len(read.get_ops())} layers, batch {'free' if is_free else 'fixed'}, worst difference {worst:.2g} of range", flush=True)
    return found


def main():
    octavo, *places = sys.argv[1:]
    models = models_in(places)
    failed = count_faults(models, lambda model, folder: faults(octavo, model, folder))
    print(f"{len(models)} models, {failed} failures")
    return 1 if failed or not models else 0


if __name__ == "__main__":
    sys.exit(main())
