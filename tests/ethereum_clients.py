#!/usr/bin/env python3
"""ethers 6 and viem, as npm has them, against a running local network with real proofs: tests/clients/ethereum.mjs.

ethereum_clients.py STRATA FOLDER: npm installs the clients into FOLDER unless they are there. Without node and npm, or
without the registry, the test is skipped (exit code 77). STRATA_PARAMS names a folder of proof keys.
"""
import base64
import hashlib
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.dont_write_bytecode = True
from running_node import Devnet, call  # noqa: E402

SKIPPED = 77
HERE = Path(__file__).resolve().parent
KEY = "0x" + "46" * 32  # of EIP-155's example
ADDRESS = "9d8a62f656a8d1615c1294fd71e9cfb3e4855a4f"


def f410(address):
    """The text of an f410 address on a test network (docs/protocol/fvm.md §1.2)."""
    payload = bytes([10]) + bytes.fromhex(address)
    check = hashlib.blake2b(bytes([4]) + payload, digest_size=4).digest()
    return "t410f" + base64.b32encode(payload[1:] + check).decode().lower().rstrip("=")


def installed(folder):
    if (folder / "node_modules" / "viem").is_dir():
        return True
    if not (shutil.which("node") and shutil.which("npm")):
        return False
    folder.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--prefix", folder, "ethers@6", "viem@2"],
                          timeout=900, check=False)
    return done.returncode == 0


clients = Path(sys.argv[2])
if not installed(clients):
    print("node, npm or its registry is not here, so no client was run")
    sys.exit(SKIPPED)
for name in ("ethereum.mjs", "report.mjs"):
    shutil.copy(HERE / "clients" / name, clients)
shutil.copytree(HERE / "contracts", clients / "contracts", dirs_exist_ok=True)

with tempfile.TemporaryDirectory() as name:
    folder = Path(name)
    network = Devnet(sys.argv[1], folder)
    try:
        url = network.url()
        token = (folder / "net" / "client" / "token").read_text().strip()
        payer = call(url, "WalletDefaultAddress", token=token)
        message = {"From": payer, "To": f410(ADDRESS), "Value": str(1000 * 10**18), "Method": 0}
        sent = call(url, "MpoolPushMessage", message, None, token=token)
        landed = call(url, "StateWaitMsg", sent["CID"], 1, 100, True, token=token)
        assert landed["Receipt"]["ExitCode"] == 0, landed
        done = subprocess.run(["node", clients / "ethereum.mjs", f"{url}/rpc/v1", KEY, "./contracts"], cwd=clients,
                              capture_output=True, text=True, timeout=1800, check=False)
        print(done.stdout)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "all right" in done.stdout, done.stdout
    except BaseException:
        network.give_up()
        raise
    network.stop()
print("ethers and viem did what they should")
