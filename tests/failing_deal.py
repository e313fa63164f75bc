#!/usr/bin/env python3
"""A provider of a network of processes takes a deal and then stands still until the deal's start is over: the client is told
why the deal failed and what to do, a different provider stores the file, and the one that stood still goes on.

failing_deal.py STRATA; STRATA_PARAMS names a folder of proof keys to use (default: they are made anew), STRATA_BLOCK_TIME the
seconds of an epoch (default 2).
"""
import json
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

sys.dont_write_bytecode = True
from running_node import Devnet, eventually  # noqa: E402

STRATA = sys.argv[1]
BLOCK_TIME = int(os.environ.get("STRATA_BLOCK_TIME", "2"))
LONG = 3600  # seconds; a deal may wait 260 epochs for its start


class Network(Devnet):
    def __init__(self, folder):
        super().__init__(STRATA, folder, "--processes", "--block-time", f"{BLOCK_TIME}s")

    def says(self, *words):
        words = [STRATA, *map(str, words), "--network", str(self.folder)]
        ran = subprocess.run(words, capture_output=True, text=True, timeout=LONG)
        assert ran.returncode == 0, f"{words}: exit code {ran.returncode}\n{ran.stdout}{ran.stderr}"
        return ran.stdout

    def json(self, *words):
        return json.loads(self.says(*words, "--json"))

    def pid(self, name):
        found = subprocess.run(["pgrep", "-f", "--", f"--network {self.folder} --name {name} "], capture_output=True,
                               text=True, check=True)
        return int(found.stdout.split()[0])

    def height(self, name):
        return self.call(name, "ChainHead")["Height"]


def provider_of(miner):
    return f"provider-{int(miner[1:]) - 999}"


def check(network, folder):
    file = folder / "file"
    file.write_bytes(os.urandom(1500))
    put = network.json("put", file)
    cid, miner = put["CID"]["/"], put["Miner"]
    still = provider_of(miner)
    shown = lambda: network.json("deals", "show", cid)[0]  # noqa: E731
    eventually("the deal is on the chain", lambda: shown()["Stage"] == "published")
    pid = network.pid(still)
    os.kill(pid, signal.SIGSTOP)
    try:
        deal = shown()["Deals"][0]["DealID"]
        start = network.call("client", "StateMarketStorageDeal", deal, None)["Proposal"]["StartEpoch"]
        print(f"{still} stands still with deal {deal}, which starts at epoch {start}", flush=True)
        eventually("the deal failed", lambda: shown()["Stage"] == "failed", LONG)
        said = network.says("deals", "show", cid)
        print(said, flush=True)
        for part in (f"did not prove a sector with the data before the deal's start at epoch {start}",
                     "the deal's money is free", f"strata put {file} tries again", "--miner"):
            assert part in said, f"{part!r} is missing"
        other = next(name for name in ("t01000", "t01001", "t01002") if name != miner)
        again = network.json("put", file, "--miner", other, "--wait")
        assert again["Stage"] == "stored" and again["Miner"] == other and again["CID"]["/"] == cid, again
        back = folder / "back"
        network.says("get", cid, "-o", back)
        assert back.read_bytes() == file.read_bytes()
        print(f"{provider_of(other)} has stored the file", flush=True)
    finally:
        os.kill(pid, signal.SIGCONT)
    eventually(f"{still} is with the others again", lambda: network.height(still) + 3 >= network.height("client"))
    retried = network.json("deals", "retry", cid, "--miner", miner, "--wait")
    print(json.dumps(retried), flush=True)
    assert network.pid(still) == pid, "the provider that stood still was not started again"


def main():
    with tempfile.TemporaryDirectory(prefix="strata-failing-") as folder:
        folder = Path(folder)
        network = Network(folder)
        try:
            check(network, folder)
        except BaseException:
            network.give_up()
            raise
        network.stop()


main()
