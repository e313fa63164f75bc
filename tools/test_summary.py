#!/usr/bin/env python3
"""One sentence on what a run of ctest did not run. Argument: the build folder."""
import os
import pathlib
import re
import sys

log = pathlib.Path(sys.argv[1]) / "Testing/Temporary/LastTest.log"
# GoogleTest prints the line of a skipped test twice: when it ends (with its time) and in the summary.
skipped = set(re.findall(r"^\[  SKIPPED \] ([^\s,(]+) \(", log.read_text(errors="replace"), re.MULTILINE))
parts = ["the slow tests (cd build/release && ctest -C Slow -L slow)"]
if skipped:
    where = (" although STRATA_VECTORS is set" if os.environ.get("STRATA_VECTORS")
             else ", which need the whole set of vectors (README: Test vectors)")
    parts.insert(0, f"{len(skipped)} tests that say why they skip" + where)
print("Not run: " + ", and ".join(parts) + ".")
