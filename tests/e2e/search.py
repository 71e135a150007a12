"""A whole run whose target the plain plan misses: the exit code, that operators went back to floating point, and what is written.

usage: search.py OCTAVO CONFIG OUTPUT EXIT_CODE
"""
import json
import shutil
import subprocess
import sys
from pathlib import Path


def main():
    octavo, config, output, wanted = sys.argv[1:]
    shutil.rmtree(output, ignore_errors=True)  # what an earlier run has written proves nothing
    code = subprocess.run([octavo, "calibrate", config, "--quiet", "--output", output]).returncode
    if code != int(wanted):
        return f"exit code {code}, expected {wanted}"
    report = json.loads((Path(output) / "report.json").read_text())
    if not report["search"] or not report["search"]["returned"]:
        return "nothing went back to floating point: the plan met its target without a search"
    status = "missed" if code else "met"
    if report["target"]["status"] != status:
        return f"the report says {report['target']['status']}, expected {status}"
    model = Path(output) / "model.qdq.onnx"
    if not model.exists() or model.stat().st_size == 0:
        return f"no {model}"
    return None


if __name__ == "__main__":
    sys.exit(main())
