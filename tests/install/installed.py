"""What the install tests share: an installed tree, and running commands in a folder."""
import os
import pathlib
import shutil
import subprocess
import sys

SOURCES = pathlib.Path(__file__).resolve().parents[2]


def run(command, folder, **environment):
    """Runs a command (a list, or a line for the shell) and gives its output; ends the test where it fails."""
    done = subprocess.run(command, shell=isinstance(command, str), cwd=folder, env={**os.environ, **environment}, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode != 0:
        sys.exit(f"{command}: exit code {done.returncode}\n{done.stdout}")
    return done.stdout


def install(build_tree, work):
    """Installs and then moves the tree, since it must not matter where it stands. Gives its place."""
    first, prefix = work / "first_place", work / "prefix"
    for folder in (first, prefix):
        shutil.rmtree(folder, ignore_errors=True)
    run(["cmake", "--install", build_tree, "--prefix", first], work)
    first.rename(prefix)
    return prefix


def compile_quickly():
    """For the environment: little optimization, two compilers at a time, and nothing compiled twice."""
    launcher = {"CMAKE_CXX_COMPILER_LAUNCHER": "ccache"} if shutil.which("ccache") else {}
    return {"CMAKE_BUILD_TYPE": "Debug", "CMAKE_BUILD_PARALLEL_LEVEL": "2", **launcher}


def check(holds, what):
    print(f"{'ok' if holds else 'FAILED'}: {what}")
    if not holds:
        sys.exit(1)
