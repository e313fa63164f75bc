#!/bin/sh
# Builds third_party/rust once per content of its manifest and lock file, outside the tree, and prints
# the folder: lib/libstrata_third_party.a and include/{blst,wasmtime}.h lie below it.
# Environment: STRATA_CACHE (default ~/.cache/strata).
set -eu
here=$(cd "$(dirname "$0")/../third_party/rust" && pwd)
cache=${STRATA_CACHE:-$HOME/.cache/strata}
key=$(cat "$here/Cargo.toml" "$here/Cargo.lock" "$here/src/lib.rs" | sha256sum | cut -c1-16)
out=$cache/third_party/$key
mkdir -p "$out"
# The build takes minutes, so that two configurations may start it together. The second waits and finds it done.
exec 9>"$out/lock"
flock 9
if [ ! -f "$out/done" ]; then
  mkdir -p "$out/lib" "$out/include"
  CARGO_TARGET_DIR=$out/target cargo build --release --locked --message-format=json-render-diagnostics \
    --manifest-path "$here/Cargo.toml" >"$out/messages.json"
  cp "$out/target/release/libstrata_third_party.a" "$out/lib/"
  blst=$(cargo metadata --locked --format-version 1 --manifest-path "$here/Cargo.toml" |
    grep -o '"manifest_path":"[^"]*/blst-[^"]*/Cargo.toml"' | head -n 1 | cut -d'"' -f4)
  cp "$(dirname "$blst")/blst/bindings/blst.h" "$(dirname "$blst")/blst/bindings/blst_aux.h" "$out/include/"
  # The headers of wasmtime are made for the chosen features; the build says where its script put them.
  wasmtime=$(grep '"reason":"build-script-executed"' "$out/messages.json" | grep 'wasmtime-c-api-impl' |
    grep -o '"out_dir":"[^"]*"' | head -n 1 | cut -d'"' -f4)
  cp -r "$wasmtime/include/." "$out/include/"
  rm -rf "$out/target" "$out/messages.json"
  touch "$out/done"
fi
echo "$out"
