#!/usr/bin/env python3
"""Checks every #include below strata/ against tools/layers.txt; exit 1 and one line for each wrong arrow."""
import pathlib
import re
import sys

root = pathlib.Path(__file__).resolve().parent.parent
allowed = {}
for line in (root / "tools/layers.txt").read_text().splitlines():
    if line and not line.startswith("#"):
        folder, rest = line.split(":")
        allowed[folder] = {folder, *rest.split()}

errors = []
for path in sorted((root / "strata").rglob("*.[ch]pp")):
    folder = path.relative_to(root / "strata").parts[0]
    may = allowed.get(folder)
    if may is None:
        errors.append(f"{path}: folder {folder} is not in tools/layers.txt")
        continue
    # test_*.hpp: what several tests share.
    if path.name.endswith(("_test.cpp", "_bench.cpp")) or (path.name.startswith("test_") and path.suffix == ".hpp"):
        may = may | {"testing"}
    for number, text in enumerate(path.read_text().splitlines(), 1):
        match = re.match(r'\s*#include\s+[<"]strata/([a-z0-9_]+)/', text)
        if match and match.group(1) not in may:
            errors.append(f"{path.relative_to(root)}:{number}: {folder} may not include {match.group(1)}")
print("\n".join(errors) or "layers: no wrong arrow")
sys.exit(bool(errors))
