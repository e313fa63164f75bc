#!/usr/bin/env python3
"""strata proofs seal, post and verify against recorded seals, PoSts and proofs of 2 KiB sectors.

proofs_verbs.py STRATA; the vectors are those of STRATA_VECTORS where it is set, else tests/vectors.
"""
import gzip
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

SECTOR = 2048
VERBS = [sys.argv[1], "proofs"]
MASK = (1 << 64) - 1


def pattern(name):
    """A sector's worth of the named data (vectors/proofs/README.md)."""
    size = SECTOR // 128 * 127
    if name == "zero":
        return bytes(size)
    x, out = int(name.removeprefix("xorshift:")), bytearray()
    while len(out) < size:
        x ^= x << 13 & MASK
        x ^= x >> 7
        x ^= x << 17 & MASK
        out += x.to_bytes(8, "little")
    return bytes(out[:size])


def run(*arguments):
    return subprocess.run([*VERBS, *map(str, arguments)], capture_output=True, text=True, check=False)


def answer(*arguments):
    done = run(*arguments)
    if done.returncode != 0:
        raise AssertionError(f"{arguments}: {done.returncode}: {done.stderr}")
    return json.loads(done.stdout)


def seal(folder, case, number, data, seed="00" * 32):
    file = folder.with_suffix(".data")
    file.write_bytes(pattern(data))
    # The actor number as a varint of seven bits a byte.
    miner = sum((byte & 0x7f) << 7 * i for i, byte in enumerate(bytes.fromhex(case["prover_id"])))
    return answer("seal", "--seal-proof", 5, "--data", file, "--folder", folder, "--miner", miner, "--number", number,
                  "--ticket", case["ticket"], "--seed", seed)


def has_seal_proof_5(case):
    """True if the case is about 2 KiB sectors with the registered seal proof 5 (V1P1)."""
    return (case["sector"] == "2KiB" and case["porep_id"].startswith("05") and not case.get("features")
            and case.get("rules", case.get("seal_rules")) == "1.1.0")


def check_seals(root, cases):
    count = 0
    for case in filter(has_seal_proof_5, cases):
        ours = seal(root / f"seal{count}", case, case["sector_number"], case["data"], case["seed"])
        for field in ("comm_d", "replica_id", "comm_c", "comm_r_last", "comm_r", "inputs"):
            assert ours[field] == case[field], f"{case['command']}: {field} is {ours[field]}, expected {case[field]}"
        count += 1
    return count


def check_posts(root, cases):
    count = 0
    for case in filter(has_seal_proof_5, cases):
        if case["post_rules"] != "1.2.0" or case["kind"] != "window":
            continue
        folders = []
        for sector in case["sectors"]:
            folders.append(root / f"post{count}-{sector['sector_number']}")
            ours = seal(folders[-1], case, sector["sector_number"], sector["data"])
            assert ours["comm_r"] == sector["comm_r"], f"{case['command']}: comm_r differs"
        # The order of the folders does not matter.
        ours = answer("post", "--kind", "window", "--randomness", case["randomness"], *reversed(folders))
        assert ours["inputs"] == case["inputs"], f"{case['command']}: the public inputs differ"
        (folders[0] / "sealed").write_bytes(bytes(SECTOR))
        broken = run("post", "--kind", "window", "--randomness", case["randomness"], *folders)
        assert broken.returncode == 1 and "cannot be proven" in broken.stderr, broken
        count += 1
    return count


def check_proofs(root, keys, cases, circuit):
    key = next(k["vk_file"] for k in keys["keys"] if k["circuit"] == circuit and k["sector"] == "2KiB")
    vk = Path(keys["folder"]) / key
    count = 0
    for case in cases:
        if case.get("kind", circuit) != circuit or case["sector"] != "2KiB" or "snark" not in case:
            continue
        statement = root / "statement.json"
        statement.write_text(json.dumps({"inputs": case["inputs"], "proof": case["snark"]["proof"]}))
        good = run("verify", "--vk", vk, "--inputs", statement)
        assert good.returncode == 0 and good.stdout.startswith("valid"), f"{case['command']}: {good.stderr}"
        wrong = bytearray.fromhex(case["snark"]["proof"])
        wrong[-1] ^= 1
        bad = run("verify", "--vk", vk, "--inputs", statement, "--proof", wrong.hex())
        assert bad.returncode == 1 and bad.stderr, f"{case['command']}: a changed proof is not refused"
        count += 1
    return count


def main():
    small = Path(__file__).parent / "vectors"
    vectors = Path(os.environ.get("STRATA_VECTORS") or small) / "proofs"

    def load(name):
        packed = vectors / (name + ".gz")
        return json.loads(gzip.decompress(packed.read_bytes()) if packed.exists() else (vectors / name).read_text())

    keys = load("groth16/keys.json") | {"folder": vectors / "groth16"}
    posts, poreps = load("post.json")["cases"], load("groth16/porep_2KiB.json")["cases"]
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        counts = {
            "seals": check_seals(root, load("seal.json")["cases"] + poreps),
            "posts": check_posts(root, posts),
            "window proofs": check_proofs(root, keys, posts, "window"),
            "winning proofs": check_proofs(root, keys, posts, "winning"),
            "porep proofs": check_proofs(root, keys, poreps, "porep"),
        }
    print(counts)
    assert all(counts.values()), "one of the checks found no cases"
    return 0


sys.exit(main())
