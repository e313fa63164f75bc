#!/usr/bin/env python3
"""Makes tests/vectors, the small set of outside vectors, from the whole set.

    tools/pack_vectors.py WHOLE_SET [tests/vectors]

Files keep their names; JSON and CAR files of more than 4 KiB are packed and get the ending .zst (or .gz). The
WebAssembly code of the official actors is left out of recorded chains: it is two thirds of the bytes, and the native
actors do not read it.
"""
import gzip
import pathlib
import shutil
import subprocess
import sys

# Folders are taken completely, so that the counts which the tests pin are those of the whole set.
WANTED = [
    "car", "codec-fixtures", "ipld", "proofs", "wasm-instrument", "wycheproof",
    "lotus-devnet/real", "lotus-devnet/long", "lotus-devnet/vk",
] + [f"fvm-nv28/{name}-{seed}.json"
     for name in ("genesis", "transfers", "multisig", "paych", "miner", "devnet", "market", "verified", "reward",
                  "evm", "precompiles")
     for seed in (1, 2) if (name, seed) != ("genesis", 2)]
# Files that no suite can run yet, files that repeat others of their folder, and texts for people.
UNWANTED = {"traces.jsonl.zst", "counts.json",
            "README.md", "index.md", ".gitattributes"}
SMALL = 4096  # bytes; a smaller file is not packed
WASM = b"\0asm"


def run_zstd(data, *arguments):
    return subprocess.run(["zstd", "-q", "-c", *arguments], input=data, stdout=subprocess.PIPE, check=True).stdout


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        shift, at = shift + 7, at + 1
        if byte < 0x80:
            return value, at


def without_code(car):
    """Returns the CAR without blocks of WebAssembly, whose CIDs have 38 bytes (version 1, raw, blake2b-256)."""
    header, at = varint(car, 0)
    at += header
    out = bytearray(car[:at])
    while at < len(car):
        size, body = varint(car, at)
        if car[body + 38:body + 42] != WASM:
            out += car[at:body + size]
        at = body + size
    return bytes(out)


def pack(source, target):
    data = source.read_bytes()
    name = source.name
    if name.endswith(".car.zst"):
        data, name = without_code(run_zstd(data, "-d")), name.removesuffix(".zst")
    if "proofs" in target.parts and name.endswith(".json") and len(data) >= SMALL:
        data, name = gzip.compress(data, 9, mtime=0), name + ".gz"  # tests in Python read them too
    elif name.endswith((".json", ".jsonl", ".car")) and len(data) >= SMALL:
        data, name = run_zstd(data, "-19"), name + ".zst"
    target.mkdir(parents=True, exist_ok=True)
    (target / name).write_bytes(data)


def main():
    whole = pathlib.Path(sys.argv[1])
    small = pathlib.Path(sys.argv[2] if len(sys.argv) > 2 else pathlib.Path(__file__).parent.parent / "tests/vectors")
    for wanted in WANTED:
        if (small / wanted).is_dir():
            shutil.rmtree(small / wanted)
        source = whole / wanted
        for path in [source] if source.is_file() else sorted(source.rglob("*")):
            if path.is_file() and path.name not in UNWANTED:
                pack(path, small / path.parent.relative_to(whole))


if __name__ == "__main__":
    main()
