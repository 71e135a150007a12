"""Other runtimes behind one call: open_model(engine, model, threads) gives an Opened whose run({input: array}) gives {output: array}. Also
what scripts share that run them beside Octavo. Installed to share/octavo/peers; imports a runtime only when it is asked for.

Sums are exact on every CPU only as set here (docs/onnx.md, docs/openvino.md). Without VNNI the u8 x s8 kernels of both saturate in 16 bits:
ONNX Runtime then presents weights as u8, and OpenVINO computes the grids in floating point unless `integer` asks for its kernels.
"""
import difflib
import importlib
import importlib.util
import json
import subprocess
import sys
from pathlib import Path

ENGINES = ("onnxruntime", "openvino")  # named as the package that pip installs
INTERNAL_ERROR, CONFIG_ERROR, MODEL_ERROR, INTERRUPTED = 1, 2, 3, 130


def fail(message: str, code: int = CONFIG_ERROR) -> None:
    print(f"octavo: error: {message}", file=sys.stderr)
    sys.exit(code)


def said_by(error: Exception) -> str:
    """The first line of what an exception says, without names of Python's."""
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return reason.strip().split("\n")[0] or "for no reason that it gives"


def guarded(main) -> None:
    """Runs a script; what it does not foresee ends in a sentence too."""
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except Exception as error:
        fail(f"internal: {said_by(error)}", INTERNAL_ERROR)


def require(engines: list) -> None:
    """Ends the program where an engine is unknown or its package is missing."""
    unknown = [name for name in engines if name not in ENGINES]
    if unknown or not engines:
        near = difflib.get_close_matches(unknown[0], ENGINES, 1) if unknown else []
        fail(f"found {', '.join(unknown) or 'no runtime'}, expected some of {', '.join(ENGINES)}"
             + "".join(f", did you mean '{name}'?" for name in near))
    missing = [name for name in ("numpy", *engines) if importlib.util.find_spec(name) is None]
    if missing:
        fail(f"{sys.executable} has no {', no '.join(missing)}: run '{sys.executable} -m pip install {' '.join(missing)}', "
             "or name another Python with --python")
    for name in engines:
        try:
            importlib.import_module(name)
        except Exception as error:
            fail(f"{sys.executable}: its {name} cannot be loaded ({said_by(error)}): install it anew, or name another Python with --python")


def has_vnni() -> bool:
    return "vnni" in Path("/proc/cpuinfo").read_text()


def onnxruntime_options(threads: int = 0):
    import onnxruntime
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    if not has_vnni():
        options.add_session_config_entry("session.x64quantprecision", "1")
    return options


def openvino_options(threads: int = 0, integer: bool = False) -> dict:
    options = {"INFERENCE_PRECISION_HINT": "f32", "PERFORMANCE_HINT": "LATENCY"}
    if threads:
        options["INFERENCE_NUM_THREADS"] = threads
    if not integer and not has_vnni():
        options["LP_TRANSFORMS_MODE"] = "OFF"
    return options


class Opened:
    def __init__(self, version: str, settings: str, inputs: dict, run):
        self.version, self.settings, self.inputs, self.run = version, settings, inputs, run  # inputs: name -> (shape, dtype), batch 1 where it is free


def open_onnxruntime(model: Path, threads: int, integer: bool) -> Opened:
    import onnxruntime
    session = onnxruntime.InferenceSession(str(model), onnxruntime_options(threads), ["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    types = {"tensor(float)": "float32", "tensor(float16)": "float16", "tensor(double)": "float64", "tensor(int64)": "int64",
             "tensor(int32)": "int32", "tensor(uint8)": "uint8", "tensor(int8)": "int8", "tensor(bool)": "bool"}
    inputs = {entry.name: ([side if isinstance(side, int) else 1 for side in entry.shape], types.get(entry.type, "float32"))
              for entry in session.get_inputs()}
    settings = "exact sums" if has_vnni() else "session.x64quantprecision=1"
    return Opened(onnxruntime.__version__, settings, inputs, lambda feeds: dict(zip(names, session.run(names, feeds))))


def open_openvino(model: Path, threads: int, integer: bool) -> Opened:
    import openvino
    core = openvino.Core()
    read = core.read_model(str(model))
    read.reshape({entry: [side.get_length() if side.is_static else 1 for side in entry.partial_shape] for entry in read.inputs})
    options = openvino_options(threads, integer)
    compiled = core.compile_model(read, "CPU", options)
    request = compiled.create_infer_request()
    inputs = {entry.any_name: (list(entry.shape), entry.element_type.to_dtype()) for entry in compiled.inputs}

    def run(feeds: dict) -> dict:
        found = request.infer(feeds, share_inputs=True)
        return {name: found[output] for output in compiled.outputs for name in output.names}

    settings = ", ".join(f"{key}={value}" for key, value in options.items() if key != "INFERENCE_NUM_THREADS")
    return Opened(openvino.__version__.split("-")[0], settings, inputs, run)


def open_model(engine: str, model: Path, threads: int = 0, integer: bool = False) -> Opened:
    opens = {"onnxruntime": open_onnxruntime, "openvino": open_openvino}[engine]
    try:
        opened = opens(model, threads, integer)
    except Exception as error:
        fail(f"{model}: {engine} cannot load it: {said_by(error)}", MODEL_ERROR)
    run = opened.run

    def run_or_say(feeds: dict) -> dict:
        try:
            return run(feeds)
        except Exception as error:
            fail(f"{model}: {engine} cannot run it: {said_by(error)}", MODEL_ERROR)

    opened.run = run_or_say
    return opened


def read_report(run: Path) -> dict:
    """The report of `octavo calibrate` in the folder that it wrote."""
    file, wanted = run / "report.json", "expected the output folder of 'octavo calibrate'"
    try:
        report = json.loads(file.read_text())
    except OSError as error:
        fail(f"{file}: cannot be read ({said_by(error)}), {wanted}")
    except ValueError:
        fail(f"{file}: found no JSON, {wanted}")
    config = report.get("config") if isinstance(report, dict) else None
    if not isinstance(config, dict) or not isinstance(config.get("model"), str):
        fail(f"{file}: found no report of a calibration, {wanted}")
    return report


def form_for(engine: str, octavo: str, model: Path, run: Path | None, scratch: Path) -> Path:
    """The model in a file that the engine reads: as it is, as the run exported it, or converted; quantized where there is a run."""
    suffix = {"onnxruntime": ".onnx", "openvino": ".xml"}[engine]
    exported = run / {"onnxruntime": "model.qdq.onnx", "openvino": "model.int8.xml"}[engine] if run else model
    reads = {".onnx"} if engine == "onnxruntime" else {".onnx", ".xml"}
    if exported.exists() and exported.suffix in reads:
        return exported
    written = scratch / f"{engine}{'.int8' if run else ''}{suffix}"
    done = subprocess.run([octavo, "convert", model, written, "--device", "onednn", "--quiet", *(["--plan", run / "plan.json"] if run else [])],
                          stderr=subprocess.PIPE, text=True)
    if done.returncode:
        print(done.stderr, end="", file=sys.stderr)
        sys.exit(done.returncode)
    return written
