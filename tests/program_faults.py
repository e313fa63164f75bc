#!/usr/bin/env python3
"""What the program answers to wrong verbs, options and files: an exit code that tells the truth and a sentence, never a
crash. program_faults.py STRATA.

Exit codes (strata --help): 0 done, 1 failed or "no", 2 wrong usage.
"""
import json
import os
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

STRATA = sys.argv[1]
failures = []


def expect(code, *arguments, text=(), no_text=(), stdout=None):
    """Runs the program; its output must have every part of `text` and no part of `no_text`."""
    done = subprocess.run([STRATA, *map(str, arguments)], stdout=stdout or subprocess.PIPE, stderr=subprocess.PIPE,
                          stdin=subprocess.DEVNULL, timeout=120, check=False)
    printed = (done.stdout or b"").decode() + done.stderr.decode()
    wrong = []
    if done.returncode != code:
        wrong.append(f"exit code {done.returncode}, expected {code}")
    wrong += [f"the output lacks '{part}'" for part in text if part not in printed]
    wrong += [f"the output has '{part}'" for part in (*no_text, "terminate called", "exception") if part in printed]
    if not printed:
        wrong.append("there is no output")
    if wrong:
        failures.append(f"strata {' '.join(map(str, arguments))}: {'; '.join(wrong)}\n{printed[:600]}")


def check_usage():
    expect(0, "--version", text=["strata "])
    expect(0, "--help", text=["Exit codes:", "demo", "devnet"])
    expect(2, text=["a verb is missing", "strata devnet up", "strata put FILE", "strata --help"])
    expect(2, "dmeo", text=['there is no verb "dmeo"', 'Did you mean "strata demo"?'])
    expect(2, "proofs", text=["strata proofs: a verb is missing", "seal"])
    expect(2, "proofs", "sael", text=['Did you mean "strata proofs seal"?'])
    expect(2, "demo", text=["strata demo: ", "--file", "strata demo --help"])
    expect(2, "demo", "--nonsense", text=["strata demo --help"])
    expect(2, "--log-level", "loud", "proofs", "constraints", "--circuit", "porep", "--sector", "2KiB", text=["loud"])


def check_files(folder):
    empty = folder / "empty"
    empty.mkdir()
    stray = folder / "stray.txt"
    stray.write_text("hello\n")
    nothing = folder / "nothing.json"
    nothing.write_text("")
    for path in (folder, "/dev/zero", folder / "missing"):
        expect(2, "chain", "replay", path, "--network", stray, text=[f"CAR {path}"])  # a folder may hold chain.car
        expect(2, "chain", "replay", stray, "--network", path, text=[f"--network {path}: "])
        expect(2, "proofs", "verify", "--vk", path, "--inputs", stray, text=[f"--vk {path}: "])
        expect(2, "proofs", "verify", "--vk", stray, "--inputs", path, text=[f"--inputs {path}: "])
    expect(2, "demo", "--file", folder, "--folder", folder / "demo", text=[f"--file {folder}: "])
    expect(2, "chain", "replay", stray, "--network", stray, "--max-errors", "0", text=["--max-errors"])
    expect(1, "proofs", "post", "--kind", "winning", empty, text=[str(empty / "sector.json"), "seal the sector first"])
    for path in (folder, "/dev/zero"):
        expect(2, "proofs", "seal", "--data", path, "--folder", folder / "sealed",
               text=[str(path)])
    expect(2, "proofs", "setup", "--sector", "64GiB", "--folder", folder / "keys", text=["64GiB", "512MiB"])
    expect(2, "proofs", "setup", "--sector", "3KiB", "--folder", folder / "keys")
    expect(2, "vectors", empty, text=["no vector files"])
    expect(2, "vectors", folder / "missing", text=["there is no such file"])
    expect(2, "vectors", "/dev/zero", text=["not a regular file"])
    expect(1, "vectors", stray, text=[str(stray)])
    expect(1, "vectors", nothing, text=[str(nothing)])


def check_full_device():
    if not os.path.exists("/dev/full"):
        return
    with open("/dev/full", "wb") as full:
        expect(1, "proofs", "constraints", "--circuit", "winning", "--sector", "2KiB", "--count-only", stdout=full)


def check_devnet(folder):
    expect(2, "devnet", "up", "--folder", folder / "a", "--block-time", "0", text=["1s to 3600s"])
    expect(2, "devnet", "up", "--folder", folder / "a", "--sector", "32GiB", text=["2KiB or 8MiB"])
    expect(2, "devnet", "up", "--folder", folder / "a", "--port", "65534", text=["65535"])
    plain = folder / "plain"
    plain.write_text("")
    expect(1, "devnet", "up", "--folder", plain, text=[str(plain)])
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        if port + 3 <= 65535:
            expect(1, "devnet", "up", "--folder", folder / "b", "--params", folder / "keys", "--port", port,
                   text=[f"port {port} is in use", "--port"])
            assert not (folder / "b" / "presealed").exists() and not (folder / "keys").exists()
    network = folder / "c"
    network.mkdir()
    description = network / "network.json"
    # drand's quicknet.
    key = ("83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d1064510d1fec758c921cc"
           "22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a")
    beacon = {"public_key": key, "genesis_time": 1692803367, "period": 3, "schemeID": "bls-unchained-g1-rfc9380"}
    good = {"network_name": "strata-devnet-7", "genesis": "bafy", "genesis_timestamp": 1700000000, "block_delay_s": 4,
            "eth_chain_id": 31415926, "upgrades": {"genesis_network_version": 28}, "drand": {"chain_info": beacon},
            "strata": {"seed": "7", "sector_size": 2048}}
    description.write_text(json.dumps(good))
    for option, value, found in (("--block-time", "2s", "4"), ("--sector", "8MiB", "2048"), ("--seed", "8", "7")):
        expect(2, "devnet", "up", "--folder", network, option, value, text=[option, f"was made with {found}"])
    for field in good:
        description.write_text(json.dumps({name: value for name, value in good.items() if name != field}))
        expect(1, "devnet", "up", "--folder", network, text=[str(description)])
    description.write_text(json.dumps(good | {"block_delay_s": 0}))
    expect(1, "devnet", "up", "--folder", network, text=[str(description), "block_delay_s"])
    description.unlink()
    description.mkdir()
    expect(1, "devnet", "up", "--folder", network, text=[str(description)])


with tempfile.TemporaryDirectory() as name:
    check_usage()
    check_files(Path(name))
    check_full_device()
    check_devnet(Path(name))
print("\n".join(failures) or "every wrong use gets the right answer")
sys.exit(1 if failures else 0)
