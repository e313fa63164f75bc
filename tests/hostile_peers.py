#!/usr/bin/env python3
"""Fifty peers that break the rules attack a local network of processes: it must keep making blocks on one chain, and its
memory must stay near what it was.

hostile_peers.py STRATA HOSTILE_PEERS; STRATA_SECONDS is the length of the attack (default 20), STRATA_HOSTILE the number
of peers (default 50), STRATA_ATTACKS the attacks (default: all), STRATA_BLOCK_TIME the seconds of an epoch (default 4),
STRATA_PARAMS names a folder of proof keys to use (default: they are made anew).
"""
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.dont_write_bytecode = True
from running_node import NAMES, Devnet, eventually  # noqa: E402

STRATA, HOSTILE = sys.argv[1:3]
SECONDS = int(os.environ.get("STRATA_SECONDS", "20"))
PEERS = int(os.environ.get("STRATA_HOSTILE", "50"))
BLOCK_TIME = int(os.environ.get("STRATA_BLOCK_TIME", "4"))
IDLE = 20  # epochs before the attack, of which the later half is counted
MEMORY = 512  # MiB above what an idle node has
SETTLED = 5  # tipsets this far below the lowest head are the same on all nodes


class Network(Devnet):
    def __init__(self, folder):
        super().__init__(STRATA, folder, "--processes", "--block-time", f"{BLOCK_TIME}s")
        self.pids = {name: self.pid(name) for name in NAMES}

    def pid(self, name):
        found = subprocess.run(["pgrep", "-f", "--", f"--network {self.folder} --name {name} "], capture_output=True,
                               text=True, check=True)
        return int(found.stdout.split()[0])

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

    def processor_time(self):
        """Seconds of processor time that each node has used."""
        out = {}
        for name, pid in self.pids.items():
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            out[name] = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
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
    idle_empty, blocks = network.blocks_between(IDLE // 2, IDLE)
    print(f"idle: {IDLE - IDLE // 2} epochs, {idle_empty} without a block, {blocks} blocks; MiB {idle}", flush=True)
    genesis = network.call("client", "ChainGetGenesis")
    head = network.call("client", "ChainHead")
    name = network.call("client", "StateNetworkName")
    words = [HOSTILE, str(PEERS), str(SECONDS), name, genesis["Cids"][0]["/"], head["Cids"][0]["/"], *network.addresses()]
    began = network.heights()
    before = max(began.values())
    used = network.processor_time()
    attackers = subprocess.Popen(words)
    most = dict(idle)
    try:
        watch(network, attackers, most)
    finally:
        if attackers.poll() is None:
            attackers.kill()
        attackers.wait()
    assert attackers.returncode == 0, attackers.returncode
    reached = network.heights()
    print(f"attacked for {SECONDS} s, most MiB {most}, heads {reached}", flush=True)
    theirs = resource.getrusage(resource.RUSAGE_CHILDREN)
    nodes = {name: round(seconds - used[name]) for name, seconds in network.processor_time().items()}
    print(f"seconds of processors: the attackers {theirs.ru_utime + theirs.ru_stime:.0f}, the nodes {nodes}", flush=True)
    # What a head has was made and validated while the attack lasted. A slow machine has empty epochs without one, too.
    least = max(1, SECONDS / BLOCK_TIME * (1 - idle_empty / (IDLE - IDLE // 2)) / 2)
    for name in NAMES:
        grown = reached[name] - began[name]
        assert grown >= least, f"{name} came on by {grown} epochs in {SECONDS} s of attack, expected at least {least}"
    ended = max(reached.values())
    empty, blocks = network.blocks_between(before, ended)
    epochs = ended - before
    print(f"meanwhile {epochs} epochs, {empty} without a block, {blocks} blocks", flush=True)
    assert blocks >= max(1, epochs / 8), f"{blocks} blocks were made in {epochs} epochs of attack"
    time.sleep(30)
    after = network.memory()
    print(f"afterwards: MiB {after}, heads {network.heights()}", flush=True)
    assert {name: network.pid(name) for name in NAMES} == network.pids, "no node was started again"
    assert network.common(), "one chain"
    for name in NAMES:
        assert most[name] <= idle[name] + MEMORY, f"{name} had {most[name]} MiB, {idle[name]} when idle"
        assert after[name] <= idle[name] + MEMORY / 2, f"{name} keeps {after[name]} MiB, {idle[name]} when idle"


def main():
    with tempfile.TemporaryDirectory(prefix="strata-hostile-") as folder:
        folder = Path(folder)
        network = Network(folder)
        try:
            check(network)
        except BaseException:
            network.give_up()
            raise
        network.stop()


main()
