#!/usr/bin/env bash
# All sources are as .clang-format says. Argument: the formatter to ask.
set -euo pipefail
cd "$(dirname "$0")/.."
find strata apps fuzz -name '*.cpp' -o -name '*.hpp' | xargs -n 40 -P 2 "$1" --dry-run -Werror
