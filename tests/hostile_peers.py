#!/usr/bin/env python3
"""Fifty peers that break the rules attack a local network of processes: it must keep making blocks on one chain, and its
memory must stay near what it was.

hostile_peers.py STRATA HOSTILE_PEERS; STRATA_SECONDS is the length of the attack (default 20), STRATA_HOSTILE the number
of peers (default 50), STRATA_ATTACKS the attacks (default: all), STRATA_BLOCK_TIME the seconds of an epoch (default 4),
STRATA_PARAMS names a folder of proof keys to use (default: they are made anew).
"""
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.dont_write_bytecode = True
from running_node import call, eventually  # noqa: E402

STRATA, HOSTILE = sys.argv[1:3]
SECONDS = int(os.environ.get("STRATA_SECONDS", "20"))
PEERS = int(os.environ.get("STRATA_HOSTILE", "50"))
BLOCK_TIME = int(os.environ.get("STRATA_BLOCK_TIME", "4"))
NAMES = ["provider-1", "provider-2", "provider-3", "client"]
IDLE = 20  # epochs before the attack, of which the later half is counted
MEMORY = 512  # MiB above what an idle node has
SETTLED = 5  # tipsets this far below the lowest head are the same on all nodes


class Network:
    def __init__(self, folder, params):
        self.folder = folder / "net"
        self.out = folder / "terminal.txt"
        with open(self.out, "wb") as file:
            self.process = subprocess.Popen([STRATA, "devnet", "up", "--processes", "--folder", self.folder, "--params", params,
                                             "--port", "0", "--block-time", f"{BLOCK_TIME}s"], stdout=file,
                                            stderr=subprocess.STDOUT)
        eventually("the network runs", lambda: "Running;" in self.out.read_text() or self.process.poll() is not None)
        self.pids = {name: self.pid(name) for name in NAMES}

    def pid(self, name):
        found = subprocess.run(["pgrep", "-f", "--", f"--network {self.folder} --name {name} "], capture_output=True,
                               text=True, check=True)
        return int(found.stdout.split()[0])

    def call(self, name, method, *params):
        _, _, host, _, port, _ = (self.folder / name / "api").read_text().strip().split("/")
        return call(f"http://{host}:{port}", method, *params)

    def heights(self):
        return {name: self.call(name, "ChainHead")["Height"] for name in NAMES}

    def common(self):
        at = min(self.heights().values()) - SETTLED
        if at <= 0:
            return None
        found = [self.call(name, "ChainGetTipSetByHeight", at, None) for name in NAMES]
        return found[0] if all(tipset["Cids"] == found[0]["Cids"] for tipset in found) else None

    def addresses(self):
        return [line for name in NAMES for line in (self.folder / name / "addresses").read_text().split()]

    def memory(self):
        """MiB that each node has in memory."""
        out = {}
        for name, pid in self.pids.items():
            with open(f"/proc/{pid}/status", encoding="ascii") as lines:
                out[name] = next(int(line.split()[1]) // 1024 for line in lines if line.startswith("VmRSS"))
        return out

    def blocks_between(self, below, top):
        """The numbers of epochs above one height and up to another that have no block, and of blocks, once all nodes have
        the same chain there."""
        eventually("the nodes agree", lambda: min(self.heights().values()) >= top + SETTLED and self.common())
        tipset = self.call("client", "ChainGetTipSetByHeight", top, None)
        full, blocks = 0, 0
        while tipset["Height"] > below:
            full += 1
            blocks += len(tipset["Blocks"])
            tipset = self.call("client", "ChainGetTipSet", tipset["Blocks"][0]["Parents"])
        return top - below - full, blocks

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        code = self.process.wait(timeout=120)
        assert code == 0, f"exit code {code}:\n{self.out.read_text()}"


def watch(network, attackers, most):
    while attackers.poll() is None:
        time.sleep(2)
        for name, pid in network.pids.items():
            assert Path(f"/proc/{pid}").exists(), f"{name} ended during the attack"
        for name, memory in network.memory().items():
            most[name] = max(most[name], memory)


def check(network):
    eventually("the nodes agree", network.common)
    eventually("some epochs have passed", lambda: min(network.heights().values()) >= IDLE)
    idle = network.memory()
    empty, blocks = network.blocks_between(IDLE // 2, IDLE)
    print(f"idle: {IDLE - IDLE // 2} epochs, {empty} without a block, {blocks} blocks; MiB {idle}", flush=True)
    genesis = network.call("client", "ChainGetGenesis")
    head = network.call("client", "ChainHead")
    name = network.call("client", "StateNetworkName")
    words = [HOSTILE, str(PEERS), str(SECONDS), name, genesis["Cids"][0]["/"], head["Cids"][0]["/"], *network.addresses()]
    before = max(network.heights().values())
    attackers = subprocess.Popen(words)
    most = dict(idle)
    try:
        watch(network, attackers, most)
    finally:
        if attackers.poll() is None:
            attackers.kill()
        attackers.wait()
    assert attackers.returncode == 0, attackers.returncode
    print(f"attacked for {SECONDS} s, most MiB {most}, heads {network.heights()}", flush=True)
    ended = max(network.heights().values())
    empty, blocks = network.blocks_between(before, ended)
    epochs = ended - before
    print(f"meanwhile {epochs} epochs, {empty} without a block, {blocks} blocks", flush=True)
    time.sleep(30)
    after = network.memory()
    print(f"afterwards: MiB {after}, heads {network.heights()}", flush=True)
    assert {name: network.pid(name) for name in NAMES} == network.pids, "no node was started again"
    assert network.common(), "one chain"
    assert epochs < 10 or blocks >= epochs / 8, "blocks are made"
    for name in NAMES:
        assert most[name] <= idle[name] + MEMORY, f"{name} had {most[name]} MiB, {idle[name]} when idle"
        assert after[name] <= idle[name] + MEMORY / 2, f"{name} keeps {after[name]} MiB, {idle[name]} when idle"


def main():
    with tempfile.TemporaryDirectory(prefix="strata-hostile-") as folder:
        folder = Path(folder)
        network = Network(folder, Path(os.environ.get("STRATA_PARAMS", folder / "params")))
        try:
            check(network)
        except BaseException:
            for name in NAMES:
                log = network.folder / name / "strata.log"
                if log.exists():
                    print(name, "\n".join(log.read_text().splitlines()[-20:]), sep=":\n")
            network.process.kill()
            raise
        network.stop()


main()
