#!/usr/bin/env python3
"""A developer's way through `strata evm` on a real local network: deploy, invoke, call, and the refusals.

evm_verbs.py STRATA; STRATA_PARAMS names a folder of proof keys to use (default: they are made anew, which takes
minutes). The contracts are those of tests/contracts.
"""
import re
import subprocess
import sys
import tempfile
from pathlib import Path

sys.dont_write_bytecode = True
from running_node import Devnet  # noqa: E402

STRATA = sys.argv[1]
CONTRACTS = Path(__file__).resolve().parent / "contracts"
FRIEND = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"
TRANSFER = "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef"  # EIP-20


def evm(folder, code, *words, text=()):
    done = subprocess.run([STRATA, "evm", words[0], "--network", folder / "net", *map(str, words[1:])],
                          capture_output=True, text=True, timeout=900, check=False)
    printed = done.stdout + done.stderr
    assert done.returncode == code, f"evm {words}: exit code {done.returncode}, expected {code}\n{printed}"
    for part in text:
        assert part in printed, f"evm {words}: the output lacks '{part}'\n{printed}"
    return dict(re.findall(r"^(\S+(?: code)?) +(\S.*)$", done.stdout, re.MULTILINE))


def developer(folder):
    token = evm(folder, 0, "deploy", CONTRACTS / "Token.json", "--types", "string,string,uint256", "Test", "TST", 1000)
    evm(folder, 0, "invoke", token["contract"], "transfer(address,uint256)", FRIEND, 250, "--returns", "bool",
        text=["true", TRANSFER])
    for name in ("contract", "address", "ID"):
        evm(folder, 0, "call", token[name], "balanceOf(address)", FRIEND, "--returns", "uint256", text=["uint256 250"])
    vault = evm(folder, 0, "deploy", CONTRACTS / "Vault.json", "--from", "client", "--value", "0.5")
    evm(folder, 1, "invoke", vault["contract"], "pay(address,uint256)", FRIEND, 1, text=["only the owner pays"])
    evm(folder, 0, "invoke", vault["contract"], "pay(address,uint256)", FRIEND, 1, "--from", "client")
    evm(folder, 1, "deploy", CONTRACTS / "Child.json", "--types", "uint256", 13, text=["13 brings bad luck"])
    evm(folder, 1, "deploy", CONTRACTS / "Vault.json", "--from", "client", "--value", 1_000_000, text=["less than"])
    evm(folder, 2, "deploy", CONTRACTS / "Vault.json", "--from", "nobody", text=["no such account", "faucet"])


with tempfile.TemporaryDirectory() as name:
    folder = Path(name)
    network = Devnet(STRATA, folder)
    try:
        assert (folder / "net" / "api").exists(), "a running network has a note of its URL"
        developer(folder)
    except BaseException:
        network.give_up()
        raise
    network.stop()
    assert not (folder / "net" / "api").exists(), "the note of the URL is still there"
    evm(folder, 1, "call", FRIEND, "00", "--api", "http://127.0.0.1:1", text=["no node answers", "strata devnet up"])
print("all verbs did what they should")
