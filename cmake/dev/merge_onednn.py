#!/usr/bin/env python3
"""Merge the oneDNN wheels into one prefix that find_package(dnnl 3 CONFIG) accepts.

    merge_onednn.py WHEELS PREFIX

WHEELS is a folder with the wheels of requirements-onednn.txt. PREFIX becomes include/, lib/ and share/doc/. Changed on
the way: the three copies of libdnnl are one file and two links, the libraries look for each other beside themselves
($ORIGIN; as they come, libdnnl finds libimf nowhere), and the CMake files ask for a policy version that CMake 4 knows.
Needs patchelf; Python's standard library otherwise.
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import zipfile

RUNTIME_LIBRARIES = ("libimf.so", "libintlc.so.5")    # all that libdnnl needs of the Intel runtime's 200 MB
LINKS = {"libdnnl.so.3": "libdnnl.so.3.2", "libdnnl.so": "libdnnl.so.3"}


def wanted(name: str, from_runtime: bool) -> bool:
    """True for a file of the prefix; false for what a link replaces and for the rest of the runtime."""
    base = name.rsplit("/", 1)[-1]
    return base in RUNTIME_LIBRARIES if from_runtime else base not in LINKS


def unpack(wheel: pathlib.Path, prefix: pathlib.Path) -> None:
    from_runtime = wheel.name.startswith("intel_cmplr_lib_rt")
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            _, in_data, relative = name.partition(".data/data/")
            if not in_data and from_runtime and name.endswith("/LICENSE.txt"):
                relative = "share/doc/intel-cmplr-lib-rt/LICENSE.txt"
            elif not in_data or name.endswith("/") or not wanted(name, from_runtime):
                continue
            target = prefix / relative
            target.parent.mkdir(parents=True, exist_ok=True)
            with archive.open(name) as source, open(target, "wb") as out:
                shutil.copyfileobj(source, out)


def finish(prefix: pathlib.Path) -> None:
    for library in ("libdnnl.so.3.2", *RUNTIME_LIBRARIES):
        path = prefix / "lib" / library
        path.chmod(0o755)
        subprocess.run(["patchelf", "--set-rpath", "$ORIGIN", path], check=True)
    for link, target in LINKS.items():
        os.symlink(target, prefix / "lib" / link)
    targets = prefix / "lib/cmake/dnnl/dnnl-targets.cmake"
    text, count = re.subn(r"cmake_policy\(VERSION 2\.6\)", "cmake_policy(VERSION 3.10...3.25)", targets.read_text())
    if count != 1:
        sys.exit(f"{targets}: expected one cmake_policy(VERSION 2.6), found {count}: not the pinned wheel")
    targets.write_text(text)


def main() -> None:
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    wheels, prefix = map(pathlib.Path, sys.argv[1:])
    for wheel in sorted(wheels.glob("*.whl")):
        unpack(wheel, prefix)
    finish(prefix)


if __name__ == "__main__":
    main()
