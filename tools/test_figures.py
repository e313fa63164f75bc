#!/usr/bin/env python3
"""Prints figures of the tests and of the headers, for each folder of strata/.

Lines are counted without blank lines and lines that are only a comment. Test code: *_test.cpp, test_*.hpp, and the
folder testing. A unit is a .cpp file; it has a sibling if NAME_test.cpp is in its folder, where a part of a class
(foo_part.cpp) counts with its class (foo_test.cpp). Reach: the headers of this repository that a unit drags in.
A heavy header is one that drags in a large library (nlohmann's JSON, Boost, fmt, spdlog, RocksDB, CLI11, GMP).
"""
import collections
import pathlib
import re
import statistics
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
SOURCE = ROOT / "strata"
HEAVY = re.compile(r"#include <(nlohmann/json\.hpp|boost/|fmt/|spdlog/|rocksdb/|CLI/|gmp)")
INCLUDE = re.compile(r'^#include <(strata/[^>]+)>', re.MULTILINE)


def is_test(path):
    return path.stem.endswith("_test") or path.name.startswith("test_") or path.relative_to(SOURCE).parts[0] == "testing"


def is_bench(path):
    return path.stem.endswith("_bench")


def code_lines(text):
    return sum(1 for line in text.splitlines() if line.strip() and not line.strip().startswith("//"))


def has_sibling(path):
    parts = path.stem.split("_")
    return any((path.parent / f"{'_'.join(parts[:n])}_test.cpp").exists() for n in range(len(parts), 0, -1))


def reach_of(path, texts, cache):
    """Returns the headers that `path` includes, directly or not."""
    if path in cache:
        return cache[path]
    cache[path] = set()  # a cycle ends here
    out = set()
    for name in INCLUDE.findall(texts.get(path, "")):
        header = ROOT / name
        out |= {header} | reach_of(header, texts, cache)
    cache[path] = out
    return out


def main():
    texts = {path: path.read_text() for path in sorted(SOURCE.rglob("*.[ch]pp"))}
    rows = collections.defaultdict(lambda: [0, 0, 0, 0])  # code, test, units, units with a sibling
    for path, text in texts.items():
        if is_bench(path):
            continue
        for name in (path.relative_to(SOURCE).parts[0], "all"):
            row = rows[name]
            row[1 if is_test(path) else 0] += code_lines(text)
            if path.suffix == ".cpp" and not is_test(path):
                row[2] += 1
                row[3] += has_sibling(path)
    print(f"{'folder':<14}{'code':>7}{'test':>7}{'test/code':>11}{'units':>7}{'sibling':>9}{'share':>7}")
    for name, (code, test, units, siblings) in sorted(rows.items(), key=lambda item: (item[0] == "all", item[0])):
        print(f"{name:<14}{code:>7}{test:>7}{test / max(code, 1):>11.2f}{units:>7}{siblings:>9}"
              f"{100 * siblings / max(units, 1):>6.0f}%")
    cache = {}
    sys.setrecursionlimit(10_000)
    reach = sorted(len(reach_of(path, texts, cache)) for path in texts
                   if path.suffix == ".cpp" and not is_test(path) and not is_bench(path))
    print(f"\nreach of headers: median {statistics.median(reach):.0f}, "
          f"90th percentile {reach[int(0.9 * (len(reach) - 1))]}, largest {reach[-1]}")
    heavy = [path for path, text in texts.items()
             if path.suffix == ".hpp" and not is_test(path) and HEAVY.search(text)]
    print(f"heavy headers: {len(heavy)}", *(f"  {path.relative_to(ROOT)}" for path in heavy), sep="\n")


if __name__ == "__main__":
    main()
