#!/bin/sh
# Installs the Debian packages that the build needs and that are missing. It asks no questions.
# Needs root or sudo only when something is missing. docs/dependencies.md says what each is for.
set -eu
packages="clang-19 clang-format-19 libclang-rt-19-dev mold ccache cmake ninja-build pkg-config python3
libboost1.81-dev librocksdb-dev libsodium-dev libssl-dev libsecp256k1-dev libgmp-dev libfmt-dev libspdlog-dev
libcli11-dev nlohmann-json3-dev libtomlplusplus-dev libsqlite3-dev libzstd-dev zlib1g-dev libgtest-dev libgmock-dev libbenchmark-dev"

# Rust only builds third_party/rust; a cargo on the PATH serves if it is new enough for blst.
if ! command -v cargo >/dev/null 2>&1; then packages="$packages cargo-web rustc-web"; fi

missing=
for package in $packages; do
  dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

sudo=
if [ "$(id -u)" != 0 ]; then
  command -v sudo >/dev/null 2>&1 || { echo "These packages are missing and need root to install:$missing" >&2; exit 1; }
  sudo=sudo
fi
echo "Installing:$missing"
$sudo apt-get update -qq
DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq --no-install-recommends $missing >/dev/null
