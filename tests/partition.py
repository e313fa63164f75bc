#!/usr/bin/env python3
"""Cuts a local network of processes in two, waits for fifty epochs, and joins the halves again: all nodes must be on one
chain within two epochs, and go on together.

Each half has a network namespace; a third one holds the switch between them. Cutting takes a half's cable out of the
switch: no side sees its link go down, packets are lost in silence. Needs root; skips (77) without.

partition.py STRATA; STRATA_EPOCHS is the length of the cut in epochs (default 50), STRATA_BLOCK_TIME the seconds of an
epoch (default 4), STRATA_LIMIT the epochs that the nodes have after it (default 2), STRATA_PARAMS names a folder of
proof keys to use (default: they are made anew).
"""
import ctypes
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.dont_write_bytecode = True
from running_node import NAMES, Devnet, call, eventually  # noqa: E402

STRATA = sys.argv[1]
EPOCHS = int(os.environ.get("STRATA_EPOCHS", "50"))
BLOCK_TIME = int(os.environ.get("STRATA_BLOCK_TIME", "4"))
LIMIT = float(os.environ.get("STRATA_LIMIT", "2"))
HALVES = {"a": ["provider-1", "provider-2"], "b": ["provider-3", "client"]}
TAG = f"strata{os.getpid()}"
SKIPPED = 77


def run(*words):
    return subprocess.run([str(word) for word in words], check=True, capture_output=True, text=True)


class Wiring:
    """Two halves and the switch between them."""

    def __init__(self):
        for place in ["a", "b", "s"]:
            run("ip", "netns", "add", TAG + place)
            run("ip", "-n", TAG + place, "link", "set", "lo", "up")
        switch = TAG + "s"
        run("ip", "-n", switch, "link", "add", "switch", "type", "bridge")
        run("ip", "-n", switch, "link", "set", "switch", "up")
        for number, half in enumerate(HALVES, 1):
            run("ip", "-n", switch, "link", "add", "to-" + half, "type", "veth", "peer", "name", "eth0", "netns",
                TAG + half)
            run("ip", "-n", TAG + half, "addr", "add", f"10.177.0.{number}/24", "dev", "eth0")
            run("ip", "-n", TAG + half, "link", "set", "eth0", "up")
            run("ip", "-n", switch, "link", "set", "to-" + half, "up")
        self.join()

    @staticmethod
    def join():
        for half in HALVES:
            run("ip", "-n", TAG + "s", "link", "set", "to-" + half, "master", "switch")

    @staticmethod
    def cut():
        run("ip", "-n", TAG + "s", "link", "set", "to-b", "nomaster")

    @staticmethod
    def remove():
        for place in ["a", "b", "s"]:
            subprocess.run(["ip", "netns", "del", TAG + place], capture_output=True)


def enter(half):
    """Moves the calling thread into a namespace."""
    with open(f"/run/netns/{TAG}{half}", "rb") as place:
        if ctypes.CDLL(None, use_errno=True).setns(place.fileno(), 0x40000000) != 0:  # CLONE_NEWNET
            raise OSError(ctypes.get_errno(), "setns")


class Nodes:
    def __init__(self, folder, params):
        self.folder = folder
        self.processes = []
        self.asking = {name: ThreadPoolExecutor(1, initializer=enter, initargs=(half,))
                       for half, names in HALVES.items() for name in names}
        for number, (half, names) in enumerate(HALVES.items(), 1):
            # Each half has the beacon at the same address of its own loopback, where the note of the first one tells the
            # nodes to look. A folder has one beacon.
            described = folder if number == 1 else folder.parent / "second-beacon"
            described.mkdir(exist_ok=True)
            if number != 1:
                shutil.copy(folder / "network.json", described)
            self.start(half, folder.parent / f"beacon-{half}.txt", "beacon", "run", "--network", described, "--listen",
                       "127.0.0.1:5100")
            for place, name in enumerate(names, 1):
                self.start(half, folder / name / "terminal.txt", "--log-file", folder / name / "strata.log", "node", "run",
                           "--network", folder, "--name", name, "--listen", f"/ip4/10.177.0.{number}/tcp/{4000 + place}",
                           "--port", 5000 + place, "--params", params)

    def start(self, half, terminal, *words):
        words = ["ip", "netns", "exec", TAG + half, STRATA, *words]
        with open(terminal, "wb") as out:
            self.processes.append(subprocess.Popen([str(word) for word in words], stdout=out, stderr=subprocess.STDOUT))

    def ask(self, method, *params):
        """The answers of all nodes, asked at once; None where there is none."""
        def one(name):
            half, place = next((half, names.index(name)) for half, names in HALVES.items() if name in names)
            try:
                return call(f"http://127.0.0.1:{5001 + place}", method, *params)
            except (OSError, AssertionError):
                return None
        waiting = {name: pool.submit(one, name) for name, pool in self.asking.items()}
        return {name: answer.result() for name, answer in waiting.items()}

    def heads(self):
        return self.ask("ChainHead")

    def common(self):
        """The height of the lowest head, if all nodes have the same tipset there and nobody is behind: heads that the next
        block brings within an epoch may differ."""
        heads = self.heads()
        if not all(heads.values()):
            return None
        lowest = min(head["Height"] for head in heads.values())
        if lowest < max(head["Height"] for head in heads.values()) - 1:
            return None
        found = self.ask("ChainGetTipSetByHeight", lowest, None)
        if not all(found.values()) or len({str(tipset["Cids"]) for tipset in found.values()}) != 1:
            return None
        return lowest

    def show(self, what):
        heads = self.heads()
        print(what, {name: head and (head["Height"], head["Cids"][0]["/"][-6:]) for name, head in heads.items()}, flush=True)
        return heads

    def stop(self):
        for process in self.processes:
            process.send_signal(signal.SIGTERM)
        for process in self.processes:
            try:
                process.wait(timeout=60)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        for pool in self.asking.values():
            pool.shutdown()


def make_network(top):
    """A network of which nobody runs; its nodes forget where the others were."""
    network = Devnet(STRATA, top, "--processes", "--block-time", f"{BLOCK_TIME}s")
    network.stop()
    for left in [*network.folder.glob("*/addresses"), network.folder / "time-lag"]:
        left.unlink(missing_ok=True)
    return network


def check_cut(nodes, before, heads):
    """Each half has gone on by itself, and the chain of no node is that of a node of the other half."""
    assert all(heads.values()), f"a node does not answer: {heads}"
    for half, names in HALVES.items():
        grown = min(heads[name]["Height"] for name in names) - before
        assert grown >= 2, f"half {half} came on by {grown} epochs in {EPOCHS} of its own"
    at = min(head["Height"] for head in heads.values())
    found = nodes.ask("ChainGetTipSetByHeight", at, None)
    a, b = ({str(found[name]["Cids"]) for name in names} for names in HALVES.values())
    assert not a & b, f"the halves have one chain at epoch {at}, after the cut at {before}"


def check(nodes):
    eventually("the nodes agree", lambda: (nodes.common() or 0) > 3)
    before = max(head["Height"] for head in nodes.show("joined").values())
    Wiring.cut()
    time.sleep(EPOCHS * BLOCK_TIME)
    heads = nodes.show("cut")
    check_cut(nodes, before, heads)
    heights = {name: head["Height"] for name, head in heads.items()}
    Wiring.join()
    began = time.monotonic()
    eventually("the halves agree", nodes.common)
    took = (time.monotonic() - began) / BLOCK_TIME
    nodes.show(f"the halves agree after {took:.2f} epochs of {BLOCK_TIME} s")
    assert took <= LIMIT, f"the halves agree after {took:.2f} epochs, expected at most {LIMIT}"
    # They go on together, and each still makes blocks.
    eventually("the chain grows", lambda: (nodes.common() or 0) >= max(heights.values()) + 10)
    nodes.show("later")


def main():
    if os.geteuid() != 0:
        print("network namespaces need root; the test was skipped")
        sys.exit(SKIPPED)
    try:
        Wiring()
    except (subprocess.CalledProcessError, FileNotFoundError) as failure:
        Wiring.remove()
        print(f"network namespaces cannot be made here ({getattr(failure, 'stderr', failure)}); the test was skipped")
        sys.exit(SKIPPED)
    with tempfile.TemporaryDirectory(prefix="strata-partition-") as top:
        nodes = None
        try:
            network = make_network(top)
            nodes = Nodes(network.folder, network.params)
            check(nodes)
        except BaseException:
            for name in NAMES:
                log = Path(top) / "net" / name / "strata.log"
                if log.exists():
                    print(name, "\n".join(log.read_text().splitlines()[-25:]), sep=":\n")
            raise
        finally:
            if nodes:
                nodes.stop()
            Wiring.remove()


main()
