#!/usr/bin/env python3
"""Prints one sentence on what a run of ctest left out. Argument: the build folder."""
import pathlib
import re
import sys

log = (pathlib.Path(sys.argv[1]) / "Testing/Temporary/LastTest.log").read_text(errors="replace")
# GoogleTest prints the line of a skipped test twice: when it ends (with its time) and in the summary.
skipped = set(re.findall(r"^\[  SKIPPED \] ([^\s,(]+) \(", log, re.MULTILINE))
# What strata::testing::only_in_whole_set() says.
need_vectors = log.count(" is not in the small set of vectors")
others = len(skipped) - need_vectors


def tests(count):
    return f"{count} test{'' if count == 1 else 's'}"


parts = ["the slow tests (ctest -C Slow -L slow in the build folder)"]
if others > 0:
    parts.insert(0, f"{tests(others)} that the log names as skipped")
if need_vectors > 0:
    parts.insert(0, f"{tests(need_vectors)} that need the whole set of vectors (README, \"Test vectors\")")
print("Not run: " + ", ".join(parts) + ".")
