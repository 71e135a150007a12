"""The JSON Schema that octavo schema prints: valid as such, accepts every config of the sources, refuses what reading refuses.

usage: schema.py OCTAVO
"""

import json
import pathlib
import subprocess
import sys

import jsonschema

ROOT = pathlib.Path(__file__).resolve().parents[2]
# What only a look at files, at the model or at several keys together shows; and what is no JSON at all.
NOT_FOR_A_SCHEMA = {"another_input_size", "conflicts", "duplicate_keys", "missing_files", "nothing_to_correct", "steps_in_the_wrong_order"}


def main():
    schema = json.loads(subprocess.run([sys.argv[1], "schema"], check=True, capture_output=True).stdout)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    failed = 0
    good = [*ROOT.glob("configs/**/*.json"), *ROOT.glob("tests/e2e/*.json")]
    for path in sorted(good):
        for error in validator.iter_errors(json.loads(path.read_text())):
            failed += 1
            print(f"{path}: {error.json_path}: {error.message}")
    refused = 0
    for path in sorted(ROOT.glob("tests/data/broken/*.json")):
        if "E100-syntax" in path.with_suffix(".txt").read_text() or path.stem in NOT_FOR_A_SCHEMA:
            continue
        refused += 1
        if validator.is_valid(json.loads(path.read_text())):
            failed += 1
            print(f"{path}: the schema accepts it")
    print(f"{len(good)} configs accepted, {refused} broken ones refused, {failed} failures")
    return 1 if failed or not good or not refused else 0


if __name__ == "__main__":
    sys.exit(main())
