#!/usr/bin/env python3
"""Keys that are encrypted under a passphrase: what a person does with them, and what is on the disk.

wallet_lock.py STRATA
"""
import base64
import json
import sys
import tempfile
from pathlib import Path

sys.dont_write_bytecode = True
from lone_node import Node, run  # noqa: E402


def secret_file(folder, name, words):
    file = folder / name
    file.write_text(words + "\n")
    file.chmod(0o600)
    return file


def on_disk(folder, secret):
    return [file.name for file in folder.rglob("*") if file.is_file() and secret in file.read_bytes()]


def check(folder):
    repo = folder / "repo"
    words = secret_file(folder, "words", "some words")
    other = secret_file(folder, "other", "other words")
    node = Node(repo)
    node.url()

    def wallet(*verb, **options):
        return run("wallet", *verb, "--network", repo, **options)

    address = json.loads(wallet("new", "secp256k1", "--json"))["Address"]
    exported = wallet("export", address).strip()
    secret = base64.b64decode(json.loads(bytes.fromhex(exported))["PrivateKey"])
    assert on_disk(repo, secret), "a plain key is on the disk"
    assert "not encrypted" in wallet("lock", code=1)
    assert "Keep the passphrase" in wallet("encrypt", "--passphrase-file", words)
    assert wallet("export", address).strip() == exported
    assert not on_disk(repo, secret), on_disk(repo, secret)
    wallet("lock")
    assert "strata wallet unlock" in wallet("export", address, code=1)
    node.stop()

    node = Node(repo)
    node.url()
    assert address in wallet("list")
    assert "strata wallet unlock" in wallet("export", address, code=1)
    assert "strata wallet unlock" in wallet("new", code=1)
    assert "the passphrase is wrong" in wallet("unlock", "--passphrase-file", other, code=1)
    wallet("unlock", "--passphrase-file", words)
    assert wallet("export", address).strip() == exported
    wallet("passphrase", "--passphrase-file", words, "--new-passphrase-file", other)
    node.stop()

    node = Node(repo, STRATA_WALLET_PASSPHRASE_FILE=str(other))
    node.url()
    assert wallet("export", address).strip() == exported
    node.stop()
    node = Node(repo, STRATA_WALLET_PASSPHRASE_COMMAND=f"cat {other}")
    node.url()
    assert wallet("export", address).strip() == exported
    node.stop()
    assert not on_disk(repo, secret), on_disk(repo, secret)


def main():
    with tempfile.TemporaryDirectory(prefix="strata-wallet-") as folder:
        check(Path(folder))
    print("keys are encrypted, locked and opened: good")


main()
