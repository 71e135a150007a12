#!/usr/bin/env python3
"""Calibration beside NNCF and ONNX Runtime: seconds from the first image decoded to the model written, and peak memory of the process.

    python calibration.py OCTAVO CONFIG... [--images 300] [--rounds 3] [--peers nncf,onnxruntime] [--memory]

CONFIG names an ImageNet list or a VOC set. Every engine gets the same images and the same fp32 model and takes turns in one run; figures are medians.
Ours are the stages load, calibrate, quantize and export of report.json (what is measured afterwards is not calibration), NNCF's and ONNX
Runtime's the whole of reading, decoding, quantizing and saving, without starting Python and importing packages. NNCF: quantize() with its
defaults on convert_model's model; ONNX Runtime: quantize_static, min-max, per channel. With --memory the peak is taken for 30 and for 500
images too, ours only. Needs numpy, pillow, onnx, onnxruntime, and for NNCF openvino and nncf.
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

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "peers"))
from support import absolute, preprocess, samples


def run_measured(command: list) -> tuple[str, float]:
    """Output of a command, and its peak memory in MB."""
    with tempfile.TemporaryFile("w+") as out:
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.PIPE, text=True)
        errors = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        if status:
            raise SystemExit(f"{' '.join(map(str, command))}\n{errors}")
        out.seek(0)
        return out.read(), usage.ru_maxrss / 1024


def ours(octavo: str, config: dict, images: int, work: Path) -> tuple[float, float]:
    config = {**config, "calibration": {"limit": images}, "validation": [{"limit": 1}]}
    config.pop("metric", None)
    path = work / "config.json"
    path.write_text(json.dumps(config))
    text, peak = run_measured([octavo, "calibrate", str(path), "--json", "--quiet", "--output", str(work / "run")])
    seconds = json.loads(text)["seconds"]
    return sum(seconds.get(key, 0) for key in ("load", "calibrate", "quantize", "export")), peak


def peer(name: str, config: dict, images: int) -> None:
    """In a process of its own: prints the seconds."""
    tensors = (preprocess(path, config["preprocess"]) for path, _ in samples(config, {"limit": images}))
    with tempfile.TemporaryDirectory() as work:
        if name == "nncf":
            import nncf
            import openvino
            start = time.perf_counter()
            model = openvino.convert_model(config["model"])
            shape = model.input(0).partial_shape
            shape[0] = 1
            model.reshape(shape)
            quantized = nncf.quantize(model, nncf.Dataset(list(tensors)), subset_size=images)
            openvino.save_model(quantized, work + "/model.xml")
        else:
            import onnx
            from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
            input_name = onnx.load(config["model"]).graph.input[0].name

            class Reader(CalibrationDataReader):
                def get_next(self):
                    tensor = next(tensors, None)
                    return None if tensor is None else {input_name: tensor}

            start = time.perf_counter()
            quantize_static(config["model"], work + "/model.onnx", Reader(), quant_format=QuantFormat.QDQ, per_channel=True,
                            activation_type=QuantType.QUInt8, weight_type=QuantType.QInt8)
        print(f"\nseconds {time.perf_counter() - start}")


def main() -> None:
    if sys.argv[1:2] == ["--peer"]:
        peer(sys.argv[2], json.loads(Path(sys.argv[3]).read_text()), int(sys.argv[4]))
        return
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("octavo")
    parser.add_argument("configs", nargs="+", type=Path)
    parser.add_argument("--images", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--peers", default="nncf,onnxruntime")
    parser.add_argument("--memory", action="store_true")
    options = parser.parse_args()
    for path in options.configs:
        config = absolute(json.loads(path.read_text()), path.resolve().parent)
        with tempfile.TemporaryDirectory() as folder:
            work = Path(folder)
            (work / "peer.json").write_text(json.dumps(config))
            figures: dict = {}
            for _ in range(options.rounds):
                figures.setdefault("octavo", []).append(ours(options.octavo, config, options.images, work))
                for name in filter(None, options.peers.split(",")):
                    text, peak = run_measured([sys.executable, __file__, "--peer", name, str(work / "peer.json"), str(options.images)])
                    figures.setdefault(name, []).append((float(text.rsplit("seconds ", 1)[1]), peak))
            own = statistics.median(seconds for seconds, _ in figures["octavo"])
            for name, runs in figures.items():
                seconds = statistics.median(seconds for seconds, _ in runs)
                peak = max(peak for _, peak in runs)
                print(f"{path.stem:24} {name:12} {seconds:7.1f} s  ours over it {own / seconds:5.2f}  peak {peak:6.0f} MB", flush=True)
            if options.memory:
                for images in (30, 500):
                    _, peak = ours(options.octavo, config, images, work)
                    print(f"{path.stem:24} octavo       {images} images: peak {peak:.0f} MB", flush=True)


if __name__ == "__main__":
    main()
