#!/bin/sh
# Builds third_party/rust once per content of its manifest and lock file, outside the tree, and prints
# the folder: lib/libstrata_third_party.a and include/blst.h lie below it.
# Environment: STRATA_CACHE (default ~/.cache/strata).
set -eu
here=$(cd "$(dirname "$0")/../third_party/rust" && pwd)
cache=${STRATA_CACHE:-$HOME/.cache/strata}
key=$(cat "$here/Cargo.toml" "$here/Cargo.lock" "$here/src/lib.rs" | sha256sum | cut -c1-16)
out=$cache/third_party/$key
if [ ! -f "$out/done" ]; then
  mkdir -p "$out/lib" "$out/include"
  CARGO_TARGET_DIR=$out/target cargo build --release --locked --manifest-path "$here/Cargo.toml" >&2
  cp "$out/target/release/libstrata_third_party.a" "$out/lib/"
  blst=$(cargo metadata --locked --format-version 1 --manifest-path "$here/Cargo.toml" |
    grep -o '"manifest_path":"[^"]*/blst-[^"]*/Cargo.toml"' | head -n 1 | cut -d'"' -f4)
  cp "$(dirname "$blst")/blst/bindings/blst.h" "$(dirname "$blst")/blst/bindings/blst_aux.h" "$out/include/"
  rm -rf "$out/target"
  touch "$out/done"
fi
echo "$out"
