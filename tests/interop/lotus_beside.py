#!/usr/bin/env python3
"""Runs a Lotus daemon and Strata nodes as peers of one network. Each follows the blocks of the other, fetches the
other's chain from genesis, and executes messages that were pushed at the other; at the end all have the same tipsets,
receipts and state roots. What a node complained about is told from the logs.

lotus_beside.py STRATA; STRATA_LOTUS names a Lotus built with the tag `debug` (skipped without it; lotus.md says how),
STRATA_VECTORS the folder with lotus-devnet, STRATA_BUNDLES that of the official actors, STRATA_KEEP a folder for logs
and repositories that stays. With STRATA_LOTUS_MINER (lotus-miner) and STRATA_BEACON (a drand server of one signer),
Lotus makes blocks, too. STRATA_EPOCHS is the number that each of them makes at least (default 8).
"""
import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).parent.parent))
from running_node import call, eventually, free_port  # noqa: E402

STRATA = sys.argv[1]
LOTUS, MINER, BEACON = (os.environ.get(name) for name in ("STRATA_LOTUS", "STRATA_LOTUS_MINER", "STRATA_BEACON"))
VECTORS = Path(os.environ.get("STRATA_VECTORS", "/nowhere")) / "lotus-devnet" / "long"
# Blocks that others accept need the gas of the official actors.
BUNDLE = Path(os.environ.get("STRATA_BUNDLES", "/nowhere")) / "v18" / "builtin-actors-devnet.car"
EPOCHS = int(os.environ.get("STRATA_EPOCHS", "8"))  # that each maker of blocks makes at least
SETTLED = 3  # tipsets this far below the lowest head are the same on all nodes
FIL = 10**18
COMPLAINTS = re.compile(r"\t(WARN|ERROR)\t|Z (warning|error) \[|^ERROR")


def unpacked(name, to):
    with open(to, "wb") as out:
        subprocess.run(["zstd", "-dc", VECTORS / name], stdout=out, check=True)
    return to


class Process:
    def __init__(self, words, log, env=None):
        self.log = log
        with open(log, "ab") as out:
            self.process = subprocess.Popen([str(word) for word in words], stdout=out, stderr=subprocess.STDOUT,
                                            env={**os.environ, **(env or {})}, start_new_session=True)

    def text(self):
        return self.log.read_text(errors="replace")

    def check_runs(self):
        if self.process.poll() is not None:
            raise AssertionError(f"{self.log.name} ended with {self.process.returncode}:\n{self.text()[-3000:]}")

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(timeout=60)
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


class Network:
    """A network that both programs can join: genesis, beacon and keys."""

    def __init__(self, folder):
        self.folder = folder
        self.described = json.loads((VECTORS / "network.json").read_text())
        self.keys = json.loads((VECTORS / "keys.json").read_text())["keys"]
        self.owner = self.described["addresses"]["owner"]
        self.drand_port = free_port()
        self.genesis = folder / "genesis.car"

    def lotus_env(self):
        return {"LOTUS_DRAND_CHAIN_INFO": json.dumps(self.described["drand"]["chain_info"]),
                "LOTUS_DRAND_SERVERS": f"http://127.0.0.1:{self.drand_port}", "LOTUS_NO_PARAMETER_FILES": "1",
                "LOTUS_XX_HEIGHT": str(self.described["upgrades"]["xx_nv29_height"]),
                "LOTUS_SKIP_GENESIS_CHECK": "_yes_", "GOLOG_LOG_FMT": "nocolor",
                "LOTUS_LIBP2P_LISTENADDRESSES": "/ip4/127.0.0.1/tcp/0"}

    def new_template(self):
        """Recorded sectors and accounts, with a genesis in the present."""
        packed = unpacked("sectors.tar.zst", self.folder / "sectors.tar")
        subprocess.run(["tar", "xf", packed, "-C", self.folder], check=True)
        template = json.loads((self.folder / "genesis-template.json").read_text())
        name = "strata-beside"
        template["NetworkName"], template["Timestamp"] = name, int(time.time()) + 20
        self.described.update(network_name=name, genesis_timestamp=template["Timestamp"])
        (self.folder / "template.json").write_text(json.dumps(template))
        return self.folder / "template.json"

    def describe(self, genesis):
        self.described["genesis"] = genesis
        (self.folder / "network.json").write_text(json.dumps(self.described))

    def key(self, address):
        """A key in the form that both programs import."""
        key = self.keys[address]
        return {"Type": key["type"], "PrivateKey": key["private_key_base64"]}


class Lotus:
    agent = "lotus"

    def __init__(self, network, name, *words):
        self.network, self.name = network, name
        self.repo = network.folder / name
        self.env = {**network.lotus_env(), "LOTUS_PATH": str(self.repo)}
        self.running = Process([LOTUS, "daemon", "--bootstrap=false", f"--api={free_port()}", *words],
                               network.folder / f"{name}.log", self.env)
        eventually(f"{name} answers", self.answers)
        self.address = next(a for a in self.run("net", "listen").split() if a.startswith("/ip4/127.0.0.1/tcp"))

    def answers(self):
        self.running.check_runs()
        if not (self.repo / "token").exists() or not (self.repo / "api").exists():
            return False
        self.token = (self.repo / "token").read_text()
        self.port = (self.repo / "api").read_text().split("/")[4]
        try:
            return self.call("ChainHead")
        except (OSError, AssertionError):
            return False

    def run(self, *words):
        return subprocess.run([LOTUS, *words], env={**os.environ, **self.env}, capture_output=True, text=True,
                              check=True, timeout=120).stdout

    def call(self, method, *params):
        return call(f"http://127.0.0.1:{self.port}", method, *params, token=self.token)

    def stop(self):
        self.running.stop()


class Strata:
    agent = "strata"

    def __init__(self, network, name, peers, *words):
        self.network, self.name = network, name
        self.repo = network.folder / name
        log = network.folder / f"{name}.terminal"
        log.unlink(missing_ok=True)
        peers = [word for peer in peers for word in ("--peer", peer)]
        self.running = Process([STRATA, "--log-level", "debug", "--log-file", network.folder / f"{name}.log", "node",
                                "run", "--network", network.folder / "network.json", "--genesis", network.genesis,
                                "--bundle", BUNDLE, "--repo", self.repo, *peers, *words], log)
        eventually(f"{name} answers", self.answers)
        self.address = re.search(r"/ip4/\S+/p2p/\S+", self.running.text()).group()

    def answers(self):
        self.running.check_runs()
        found = re.search(r"http://127.0.0.1:\d+", self.running.text())
        if not found or "/p2p/" not in self.running.text():
            return False
        self.url = found.group()
        self.token = (self.repo / "token").read_text()
        return True

    def call(self, method, *params):
        return call(self.url, method, *params, token=self.token)

    def stop(self):
        self.running.stop()


def height(node):
    return node.call("ChainHead")["Height"]


def know_each_other(one, other):
    """Both list the other, by the name of its program."""
    def is_listed(here, there):
        peers = [peer["ID"] for peer in here.call("NetPeers")]
        return there.address.split("/p2p/")[1] in peers

    eventually(f"{one.name} and {other.name} are connected", lambda: is_listed(one, other) and is_listed(other, one))
    for here, there in ((one, other), (other, one)):
        agent = here.call("NetAgentVersion", there.address.split("/p2p/")[1])
        assert agent.startswith(there.agent), f"{here.name} takes {there.name} for {agent}"


def agree(nodes, above=0):
    """The highest tipset that all have settled, once it is above a height."""
    def find():
        for node in nodes:
            node.running.check_runs()
        at = min(height(node) for node in nodes) - SETTLED
        if at <= above:
            return None
        found = [node.call("ChainGetTipSetByHeight", at, None) for node in nodes]
        return found[0] if all(tipset["Cids"] == found[0]["Cids"] for tipset in found) else None

    tipset = eventually(f"{', '.join(node.name for node in nodes)} agree above {above}", find)
    print(f"  {', '.join(node.name for node in nodes)}: one tipset at {tipset['Height']}, heads at "
          f"{[height(node) for node in nodes]}", flush=True)
    return tipset


def grow(nodes, epochs=EPOCHS):
    return agree(nodes, max(height(node) for node in nodes) + epochs - SETTLED)


def send(at, others, sender, to):
    """Pushes a message at one node; all must tell the same receipt."""
    empty = {"Version": 0, "To": to, "From": sender, "Value": str(FIL), "Method": 0, "Params": None, "Nonce": 0,
             "GasLimit": 0, "GasFeeCap": "0", "GasPremium": "0"}
    cid = at.call("MpoolPushMessage", empty, None)["CID"]
    found = []
    for node in (at, *others):
        found.append(eventually(f"{node.name} executed the message of {at.name}",
                                lambda node=node: node.call("StateSearchMsg", None, cid, -1, True)))
    for other in found[1:]:
        assert other["Receipt"] == found[0]["Receipt"] and other["TipSet"] == found[0]["TipSet"], found
    assert found[0]["Receipt"]["ExitCode"] == 0, found[0]
    print(f"  a message of {at.name} landed at {found[0]['Height']}, gas {found[0]['Receipt']['GasUsed']}", flush=True)


def same_states(nodes, tipset):
    """Headers name the states of their parents; balances are compared at one tipset."""
    states = [node.call("StateCompute", tipset["Height"], [], tipset["Cids"])["Root"] for node in nodes]
    assert all(state == states[0] for state in states), f"state roots {states} at {tipset['Height']}"
    print(f"  one state root at {tipset['Height']}: {states[0]['/']}", flush=True)


def complaints(network):
    """Prints what either program complained about, each kind once."""
    kinds = {}
    for log in sorted(network.folder.glob("*.log")):
        for line in log.read_text(errors="replace").splitlines():
            if COMPLAINTS.search(line):
                kind = log.name + " " + re.sub(r"[0-9]+|baf\w+|12D3\w+", "#", line)[:160]
                kinds.setdefault(kind, [0, line])[0] += 1
    for count, line in kinds.values():
        print(f"    {count} x {line[:400]}")


def strata_makes_blocks(stack, network):
    print("Strata makes the blocks, Lotus follows", flush=True)
    lotus = start(stack, Lotus(network, "lotus-a", "--lotus-make-genesis", network.genesis, "--genesis-template",
                               network.new_template()))
    network.describe(lotus.call("ChainGetGenesis")["Cids"][0]["/"])
    key = network.folder / "owner.key"
    key.write_text(json.dumps(network.key(network.owner)))
    other = next(address for address in network.keys if address.startswith("t13"))
    lotus.call("WalletImport", network.key(other))
    strata = start(stack, Strata(network, "strata-a", [lotus.address], "--stub-miner", "t01000", "--key", key))
    know_each_other(strata, lotus)
    tipset = grow([strata, lotus])
    send(lotus, [strata], other, network.described["addresses"]["secp1"])
    send(strata, [lotus], network.owner, network.described["addresses"]["bls1"])
    send(lotus, [strata], other, network.described["addresses"]["bls2"])
    tipset = grow([strata, lotus])
    same_states([strata, lotus], tipset)
    print(lotus.run("sync", "status"), lotus.run("net", "peers", "-a"), lotus.run("net", "scores"), sep="", flush=True)
    return lotus, strata


def late_ones_fetch(stack, network, lotus, strata):
    print("A Lotus that joins late fetches from Strata, a Strata from Lotus", flush=True)
    late_lotus = start(stack, Lotus(network, "lotus-b", "--genesis", network.genesis))
    late_lotus.run("net", "connect", strata.address)
    know_each_other(late_lotus, strata)
    late_strata = start(stack, Strata(network, "strata-b", [lotus.address]))
    know_each_other(late_strata, lotus)
    tipset = grow([late_lotus, late_strata, lotus, strata])
    same_states([late_lotus, late_strata, lotus, strata], tipset)
    for node in (late_lotus, late_strata):
        node.stop()


def lotus_makes_blocks(stack, network, lotus, strata):
    print("Lotus makes the blocks, Strata follows", flush=True)
    start(stack, Process(
        [BEACON, "-seed", network.described["drand"]["beacon_seed"], "-listen", f"127.0.0.1:{network.drand_port}"],
        network.folder / "beacon.log"))
    strata.stop()
    lotus.call("WalletImport", network.key(network.owner))
    strata = start(stack, Strata(network, "strata-a", [lotus.address]))
    miner = make_miner(stack, network, lotus)
    know_each_other(strata, lotus)
    grow([strata, lotus])
    other = next(address for address in network.keys if address.startswith("t13"))
    strata.call("WalletImport", network.key(other))
    send(strata, [lotus], other, network.described["addresses"]["secp1"])
    send(lotus, [strata], network.owner, network.described["addresses"]["bls1"])
    same_states([strata, lotus], grow([strata, lotus]))
    miner.stop()
    return strata


def make_miner(stack, network, lotus):
    env = {**lotus.env, "LOTUS_MINER_PATH": str(network.folder / "miner"), "LOTUS_PATH": str(lotus.repo)}
    sectors = network.folder / "genesis-sectors"
    # The record that `lotus-seed pre-seal` writes beside the sectors.
    (sectors / "sectorstore.json").write_text(json.dumps({"ID": "7a1e4a3c-6a0d-4f0e-9b8a-0f5f3f3f0001", "Weight": 0,
                                                          "CanSeal": False, "CanStore": False}))
    with open(network.folder / "miner-init.log", "wb") as log:
        subprocess.run([MINER, "init", "--genesis-miner", "--actor=t01000", "--sector-size=2KiB",
                        f"--pre-sealed-sectors={sectors}", f"--pre-sealed-metadata={sectors}/pre-seal-t01000.json",
                        "--nosync"], env={**os.environ, **env}, stdout=log, stderr=log, check=True, timeout=600)
    return start(stack, Process([MINER, "run", "--nosync"], network.folder / "miner.log", env))


def start(stack, running):
    """Stops a process or a node at the end of the test, in whatever order the others end."""
    stack.callback(running.stop)
    return running


def main():
    if not LOTUS:
        print("STRATA_LOTUS does not name a Lotus program")
        sys.exit(77)
    if not (VECTORS / "network.json").exists():
        print("the vectors lotus-devnet/long are not here; STRATA_VECTORS names their folder")
        sys.exit(77)
    if not BUNDLE.exists():
        print(f"{BUNDLE} is not here; STRATA_BUNDLES names the folder of the official actors")
        sys.exit(77)
    keep = os.environ.get("STRATA_KEEP")
    with contextlib.ExitStack() as stack:
        folder = Path(keep or stack.enter_context(tempfile.TemporaryDirectory(prefix="strata-beside-")))
        folder.mkdir(parents=True, exist_ok=True)
        network = Network(folder)
        try:
            lotus, strata = strata_makes_blocks(stack, network)
            late_ones_fetch(stack, network, lotus, strata)
            if MINER and BEACON:
                lotus_makes_blocks(stack, network, lotus, strata)
            else:
                print("STRATA_LOTUS_MINER or STRATA_BEACON is not set: Lotus makes no blocks")
        finally:
            complaints(network)
    print("Strata and Lotus were peers of one network")


main()
