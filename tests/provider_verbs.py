#!/usr/bin/env python3
"""Runs the verbs of a provider's owner that change sectors, and those of state, net, sync and deals that no other test
drives, against a local network of processes with real proofs: faults are declared and taken back, a sector with claims is
extended, terminated and has ended everywhere, a file is retried.

provider_verbs.py STRATA; STRATA_PARAMS names a folder of proof keys to use (default: they are made anew), STRATA_BLOCK_TIME
the seconds of an epoch (default 6).
"""
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

sys.dont_write_bytecode = True
from running_node import Devnet, eventually  # noqa: E402

STRATA = sys.argv[1]
BLOCK_TIME = int(os.environ.get("STRATA_BLOCK_TIME", "6"))
DONE, NO, USAGE = 0, 1, 2
DEADLINES = 48


class Network(Devnet):
    def __init__(self, folder):
        super().__init__(STRATA, folder, "--processes", "--block-time", f"{BLOCK_TIME}s")

    def ask(self, *words, node="provider-1", code=DONE):
        ran = subprocess.run([STRATA, *map(str, words), "--network", self.folder, "--node", node], capture_output=True,
                             text=True, timeout=900, check=False)
        assert ran.returncode == code, f"strata {' '.join(map(str, words))}: exit code {ran.returncode}, expected {code}\n" \
                                       f"{ran.stdout}{ran.stderr}"
        return ran.stdout if code == DONE else ran.stdout + ran.stderr

    def json(self, *words, node="provider-1"):
        return json.loads(self.ask(*words, "--json", node=node))


def sector_state(net, number, miner="t01000", node="provider-1"):
    sectors = net.json("sp", "sectors", "--miner", miner, node=node)["Sectors"]
    return next(one["State"] for one in sectors if one["SectorNumber"] == number)


def place_of(net, miner, number):
    found = net.json("state", "sector-partition", miner, number)
    return found["Deadline"], found["Partition"]


def may_change(net, miner, number):
    """The chain refuses changes of the deadline that is open and of the next one."""
    now = net.json("state", "proving-deadline", miner)["Index"]
    return (place_of(net, miner, number)[0] - now) % DEADLINES > 2


def some_sectors(net):
    """A miner with two sectors that may be changed now, and its node."""
    for number, miner in enumerate(("t01000", "t01001", "t01002"), 1):
        sectors = [one["SectorNumber"] for one in net.json("sp", "sectors", "--miner", miner)["Sectors"]]
        free = [one for one in sectors if may_change(net, miner, one)]
        if len(free) >= 2:
            return miner, f"provider-{number}", free[:2]
    return None


def sectors(net):
    miner, node, (first, second) = eventually("two sectors may be changed", lambda: some_sectors(net), 1800)

    def own(*words, **how):
        return net.ask(*words, "--miner", miner, node=node, **how)

    assert sector_state(net, first, miner) == "active"
    own("sp", "declare-faults", first, "--wait")
    assert net.json("sp", "faults", "--miner", miner)["Faults"] == [first]
    assert sector_state(net, first, miner) == "faulty" and "faulty" in net.ask("sp", "sectors", "--miner", miner)
    own("sp", "declare-faults", 99, code=NO)
    own("sp", "declare-recovered", first, "--wait")
    assert net.json("sp", "faults", "--miner", miner)["Recoveries"] == [first]
    assert sector_state(net, first, miner) == "recovering"

    before = net.json("state", "sector", miner, second)["Expiration"]
    # The sectors of genesis have verified data, whose claims last longer than the sectors.
    own("sp", "extend", second, "--expiration", before + 10, "--wait")
    assert net.json("state", "sector", miner, second)["Expiration"] == before + 10
    assert net.json("state", "sector-expiration", miner, second)["OnTime"] >= before + 10
    last = next(one["TermStart"] + one["TermMax"] for one in net.json("state", "claims", miner).values()
                if one["Sector"] == second)
    assert f"lasts until epoch {last}" in own("sp", "extend", second, "--expiration", last + 1, code=NO)

    assert net.json("sp", "pipeline", "--sector", second, node=node)["State"] == "Proving"
    assert "--really-do-it" in own("sp", "terminate", second, code=USAGE)
    own("sp", "terminate", second, "--really-do-it", "--wait")
    assert sector_state(net, second, miner) == "terminated"
    eventually("the provider knows that the sector has ended",
               lambda: net.json("sp", "pipeline", "--sector", second, node=node)["State"] == "Ended")
    assert second not in [one["SectorNumber"] for one in net.json("state", "active-sectors", miner)]
    own("sp", "terminate", second, "--really-do-it", code=NO)
    assert "debt" in net.ask("sp", "money", "--miner", miner)
    own("sp", "compact", 7, "--deadline", place_of(net, miner, first)[0], code=NO)


def states(net):
    miner = "t01000"
    assert net.json("state", "sector", miner, 0)["SectorNumber"] == 0
    net.ask("state", "sector", miner, 999, code=NO)
    assert len(net.json("state", "active-sectors", miner)) >= 1
    assert net.json("state", "faults", miner) is not None
    assert len(net.json("state", "deadlines", miner)) == DEADLINES
    assert 0 <= net.json("state", "proving-deadline", miner)["Index"] < DEADLINES
    assert int(net.json("state", "available", miner)) >= 0
    assert len(net.json("state", "list-actors")) > 10
    assert int(net.json("state", "circulating-supply")) >= 0
    assert net.json("state", "network-version") >= 27
    assert "account" in net.ask("state", "actor-cids", "28")
    assert net.json("state", "network-params")["BlockDelaySecs"] == BLOCK_TIME
    paying = net.json("wallet", "default", node="client")["Address"]
    assert net.ask("state", "datacap", paying).strip() in ("0", "null", "none", "-"), net.ask("state", "datacap", paying)
    net.ask("state", "allocations", paying)
    net.ask("state", "claims", miner)
    net.ask("state", "deal", 99999, code=NO)
    assert net.json("state", "read-state", miner)["State"]
    sent = net.json("send", paying, "0.1", "--wait", node="client")["CID"]["/"]
    assert net.json("state", "replay", sent, node="client")["MsgRct"]["ExitCode"] == 0


def peers(net):
    other = net.json("net", "id", node="provider-2")["ID"]
    eventually("it is found", lambda: other in net.ask("net", "peers"))
    assert net.json("net", "find-peer", other)["ID"] == other
    assert "s" in net.ask("net", "ping", other)
    assert net.json("net", "scores")
    assert net.json("net", "bandwidth")["TotalIn"] > 0
    net.ask("net", "reachability")
    net.ask("net", "ping", other[:-1] + "x", code=NO)


def blocks(net):
    net.ask("sync", "wait")
    unknown = "bafy2bzacecnamqgqmifpluoeldx7zzglxcljo6oja4vrmtj7432rphldpdmm2"  # mainnet's genesis
    net.ask("sync", "check-bad", unknown)
    net.ask("sync", "mark-bad", unknown)
    assert net.ask("sync", "check-bad", unknown).strip(), "the reason"
    net.ask("sync", "unmark-bad", unknown)
    net.ask("sync", "mark-bad", "hello", code=USAGE)


def deals(net, folder):
    file = folder / "file.bin"
    file.write_bytes(bytes(range(256)) * 3)
    net.ask("put", file, "--miner", "t01001", node="client")
    cid = net.json("deals", "list", node="client")["Files"][0]["CID"]
    cid = cid["/"] if isinstance(cid, dict) else cid
    net.ask("deals", "retry", cid, node="client")
    assert len(net.json("deals", "list", node="client")["Files"]) == 1, "nothing is paid twice"
    refused = net.ask("deals", "retry", "bafkqaaa", node="client", code=NO)
    assert "strata" in refused, refused


def main():
    with tempfile.TemporaryDirectory(prefix="strata-provider-verbs-") as folder:
        folder = Path(folder)
        net = Network(folder)
        try:
            eventually("blocks are made", lambda: net.json("chain", "head")["Height"] > 5)
            for part in (states, peers, blocks, sectors):
                part(net)
                print(part.__name__, "done", flush=True)
            deals(net, folder)
            print("deals done", flush=True)
        except BaseException:
            net.give_up()
            raise
        net.stop()
    print("the verbs did what they say")


main()
