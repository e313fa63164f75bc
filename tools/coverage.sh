#!/usr/bin/env bash
# Line coverage of each folder of strata/ by the unit tests, without the tests' own lines.
#   tools/coverage.sh [MODULE...]   modules whose tests run (chain vm ipld types ...); without any: all
# The figures need llvm-profdata and llvm-cov of the compiler's version (Debian: llvm-19).
set -euo pipefail
cd "$(dirname "$0")/.."
build=build/coverage
llvm=${STRATA_LLVM:-/usr/lib/llvm-19/bin}
[ -x "$llvm/llvm-cov" ] || { echo "$llvm/llvm-cov is missing: run apt-get install llvm-19, or set STRATA_LLVM"; exit 1; }

[ -f $build/build.ninja ] || cmake --preset coverage > /dev/null
modules=("$@")
if [ ${#modules[@]} = 0 ]; then
    for folder in strata/*/; do
        if ls "$folder"*_test.cpp "$folder"*/*_test.cpp > /dev/null 2>&1; then modules+=("$(basename "$folder")"); fi
    done
fi
cmake --build --preset coverage -j "${STRATA_JOBS:-2}" --target "${modules[@]/%/_test}" > $build/build.log ||
    { tail -40 $build/build.log; exit 1; }

rm -f $build/*.profraw
objects=()
for module in "${modules[@]}"; do
    test=$build/modules/$module/${module}_test
    LLVM_PROFILE_FILE="$build/$module.profraw" "$test" --gtest_filter='-*Slow.*' > "$build/$module.log" ||
        echo "warning: tests of $module fail, see $build/$module.log"
    objects+=(-object "$test")
done
"$llvm/llvm-profdata" merge -sparse $build/*.profraw -o $build/all.profdata
"$llvm/llvm-cov" export -summary-only -instr-profile=$build/all.profdata "${objects[@]}" \
    -ignore-filename-regex='(_test\.cpp|/test_[a-z_]*\.hpp|third_party|/usr/)' > $build/coverage.json
python3 - $build/coverage.json <<'PYTHON'
import collections
import json
import sys

lines = collections.defaultdict(lambda: [0, 0])
for file in json.load(open(sys.argv[1]))["data"][0]["files"]:
    path = file["filename"].lstrip("/").split("strata/")[-1]
    count = file["summary"]["lines"]
    for name in (path.split("/")[0], "all"):
        lines[name][0] += count["covered"]
        lines[name][1] += count["count"]
print(f"{'folder':<14}{'lines':>8}{'covered':>9}{'share':>8}")
for name, (covered, count) in sorted(lines.items(), key=lambda item: (item[0] == "all", item[0])):
    print(f"{name:<14}{count:>8}{covered:>9}{100 * covered / max(count, 1):>7.1f}%")
PYTHON
