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
import subprocess
import sys

sys.dont_write_bytecode = True
from lotus_programs import Lotus, Process, Strata, new_network, skip_without_programs, start  # noqa: E402
from running_node import eventually  # noqa: E402

MINER, BEACON = (os.environ.get(name) for name in ("STRATA_LOTUS_MINER", "STRATA_BEACON"))
EPOCHS = int(os.environ.get("STRATA_EPOCHS", "8"))  # that each maker of blocks makes at least
SETTLED = 3  # tipsets this far below the lowest head are the same on all nodes
FIL = 10**18
COMPLAINTS = re.compile(r"\t(WARN|ERROR)\t|Z (warning|error) \[|^ERROR")


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


def main():
    skip_without_programs()
    with contextlib.ExitStack() as stack:
        network = new_network(stack, "beside")
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
