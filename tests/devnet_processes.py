#!/usr/bin/env python3
"""Runs a local network of processes through what happens to networks: nodes that are killed with -9, one that joins from
nothing, one that begins with a snapshot, one that was away, a beacon that is killed and one that hangs. All nodes must
come to one chain each time, and what all of them had may not change.

devnet_processes.py STRATA; STRATA_KILLS is the number of kills (default 4), STRATA_JOIN the least height at which nodes
join (default 0), STRATA_EPOCHS the least height at the end (default 0), STRATA_AWAY the epochs that the joined node is
away (default 10), STRATA_BLOCK_TIME the seconds of an epoch (default 4), STRATA_SEED chooses the victims, STRATA_PARAMS
names a folder of proof keys to use (default: they are made anew).
"""
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

sys.dont_write_bytecode = True
from running_node import NAMES, Devnet, eventually  # noqa: E402

STRATA = sys.argv[1]
KILLS = int(os.environ.get("STRATA_KILLS", "4"))
JOIN = int(os.environ.get("STRATA_JOIN", "0"))
EPOCHS = int(os.environ.get("STRATA_EPOCHS", "0"))
AWAY = int(os.environ.get("STRATA_AWAY", "10"))
BLOCK_TIME = int(os.environ.get("STRATA_BLOCK_TIME", "4"))
LOTS = random.Random(os.environ.get("STRATA_SEED", "7"))
SETTLED = 5  # tipsets this far below the lowest head are the same on all nodes


class Network(Devnet):
    def __init__(self, folder):
        super().__init__(STRATA, folder, "--processes", "--block-time", f"{BLOCK_TIME}s")
        self.names = list(NAMES)
        self.added = []

    def call(self, name, method, *params):
        """The answer of a node; None if it does not run."""
        try:
            return super().call(name, method, *params)
        except (OSError, ValueError):
            return None

    def height(self, name):
        head = self.call(name, "ChainHead")
        return -1 if head is None else head["Height"]

    def common(self):
        """A height and the tipset that all nodes have there; None if they do not agree yet."""
        lowest = min(self.height(name) for name in self.names)
        if lowest <= SETTLED:
            return None
        at = lowest - SETTLED
        found = [self.call(name, "ChainGetTipSetByHeight", at, None) for name in self.names]
        if not all(found) or any(tipset["Cids"] != found[0]["Cids"] for tipset in found):
            return None
        return found[0]

    def is_caught_up(self, name):
        others = [self.height(other) for other in self.names if other != name]
        return self.height(name) >= max(others) - 1 and self.common()

    def kill(self, name):
        """Ends the process that runs this node; the network's own process starts it again."""
        self.signal(f"--network {self.folder} --name {name} ", signal.SIGKILL)

    def signal_beacon(self, number):
        self.signal(f"beacon run --network {self.folder} ", number)

    @staticmethod
    def signal(words, number):
        found = subprocess.run(["pgrep", "-f", "--", words], capture_output=True, text=True, check=True).stdout.split()
        for process in found:
            os.kill(int(process), number)

    def waits_for(self, name):
        """What a node says that it waits for."""
        with urllib.request.urlopen(f"{self.url(name)}/health/status", timeout=60) as answer:
            return json.load(answer)["WaitsFor"]

    def join(self, name):
        return self.run(name, "devnet", "join", "--folder", self.folder)

    def join_from(self, snapshot, name):
        return self.run(name, "node", "run", "--network", self.folder, "--import-snapshot", snapshot)

    def run(self, name, *words):
        self.names.append(name)
        with open(self.folder.parent / f"{name}.txt", "wb") as out:
            self.added.append(subprocess.Popen([STRATA, *words, "--name", name, "--params", self.params], stdout=out,
                                               stderr=subprocess.STDOUT))
        return self.added[-1]

    def give_up(self):
        super().give_up()
        for process in self.added:
            process.kill()

    def leaves(self, name, process):
        end(process)
        self.names.remove(name)

    def wait_for(self, height):
        while self.height("client") < height:
            time.sleep(1)

    def still_has(self, tipset):
        for name in self.names:
            found = self.call(name, "ChainGetTipSetByHeight", tipset["Height"], None)
            assert found is None or found["Cids"] == tipset["Cids"], f"{name} changed a settled tipset"


def end(process):
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=60) == 0


def lose_beacon(network):
    """Miners say what they wait for, everything else works, and blocks are made again when the beacon is back."""
    network.signal_beacon(signal.SIGSTOP)
    eventually("a miner says that it waits for the beacon", lambda: "of the beacon, for" in network.waits_for("provider-1"))
    print("hung beacon:", network.waits_for("provider-1"), flush=True)
    joined = network.join("without-beacon")
    eventually("a node follows without a beacon", lambda: network.is_caught_up("without-beacon"))
    network.signal_beacon(signal.SIGCONT)
    before = network.height("client")
    eventually("blocks are made again", lambda: network.height("client") > before + 1)
    network.leaves("without-beacon", joined)
    network.signal_beacon(signal.SIGKILL)
    before = network.height("client")
    eventually("blocks are made with a restarted beacon", lambda: network.height("client") > before + 2)
    print(f"the beacon was killed at {before}, height {network.height('client')}", flush=True)


def join_from_snapshot(network):
    """The snapshot is written by a node that goes on."""
    snapshot = network.folder.parent / "chain.car"
    subprocess.run([STRATA, "chain", "export", snapshot, "--repo", network.folder / "client"], check=True)
    begun = network.join_from(snapshot, "from-snapshot")
    eventually("a node that begins with a snapshot reaches the head", lambda: network.is_caught_up("from-snapshot"))
    print(f"began with a snapshot, at {network.height('from-snapshot')}", flush=True)
    network.leaves("from-snapshot", begun)


def check(network):
    tipset = eventually("the nodes agree", network.common)
    lose_beacon(network)
    network.still_has(tipset)
    for kill in range(KILLS):
        name = LOTS.choice(network.names)
        time.sleep(LOTS.random() * 2 * BLOCK_TIME)
        before = network.height(name)
        network.kill(name)
        eventually(f"{name} is back", lambda: network.height(name) >= 0 and network.is_caught_up(name))
        network.still_has(tipset)
        tipset = network.common() or tipset
        print(f"kill {kill + 1}: {name} at {before}, back at {network.height(name)}", flush=True)

    network.wait_for(JOIN)
    joined = network.join("joined")
    eventually("a node that joins from nothing reaches the head", lambda: network.is_caught_up("joined"))
    print(f"joined at {network.height('joined')}", flush=True)
    join_from_snapshot(network)
    network.leaves("joined", joined)
    away = network.height("client")
    network.wait_for(away + AWAY)
    joined = network.join("joined")
    eventually("a node that was away reaches the head", lambda: network.is_caught_up("joined"))
    print(f"back from epoch {away} at {network.height('joined')}", flush=True)

    network.wait_for(EPOCHS)
    network.still_has(tipset)
    assert network.common(), "one head"
    print(f"height {network.height('client')}, {len(network.names)} nodes agree", flush=True)
    end(joined)


def main():
    with tempfile.TemporaryDirectory(prefix="strata-processes-") as folder:
        folder = Path(folder)
        network = Network(folder)
        try:
            check(network)
        except BaseException:
            network.give_up()
            raise
        network.stop()
        assert subprocess.run(["pgrep", "-f", "--", f"--network {network.folder}"]).returncode == 1, "nobody is left"


main()
