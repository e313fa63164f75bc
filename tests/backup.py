#!/usr/bin/env python3
"""Loses a provider and brings it back from a backup that was made while it ran: its keys, sectors, deals and messages are
there, it follows its network again from genesis, and it makes blocks again without signing one twice. Also backups of a
node alone with an encrypted wallet, and what is refused.

backup.py STRATA [alone]; STRATA_PARAMS names a folder of proof keys to use (default: they are made anew), STRATA_BLOCK_TIME
the seconds of an epoch (default 6). With the word `alone` only the part without a network runs, which takes seconds.
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path

sys.dont_write_bytecode = True
from lone_node import Node, run  # noqa: E402
from running_node import Devnet, eventually  # noqa: E402

STRATA = sys.argv[1]
BLOCK_TIME = int(os.environ.get("STRATA_BLOCK_TIME", "6"))
MINER, OTHER = "provider-1", "provider-2"


def secret_file(path, words):
    path.write_text(words + "\n")
    path.chmod(0o600)
    return path


def alone(folder):
    repo, words = folder / "repo", secret_file(folder / "words", "some words")
    node = Node(repo)
    node.url()
    address = run("wallet", "new", "--network", repo).strip()
    run("wallet", "encrypt", "--passphrase-file", words, "--network", repo)
    secret = run("wallet", "export", address, "--network", repo)
    peer = json.loads(run("net", "id", "--network", repo, "--json"))["ID"]
    told = json.loads(run("node", "backup", folder / "running.backup", "--repo", repo, "--json"))
    assert told["Keys"] == 1 and told["Encrypted"] and told["Files"] >= 1, told
    assert (folder / "running.backup").stat().st_mode & 0o077 == 0, "only its owner may read it"
    reader = run("auth", "token", "--perm", "sign", "--network", repo).strip()
    refused = run("node", "backup", folder / "no.backup", "--api", node.url(), "--token", reader, code=1)
    assert "lacks the permission admin" in refused and not (folder / "no.backup").exists(), refused

    assert "not empty" in run("node", "restore", folder / "running.backup", "--repo", repo, code=2)
    node.stop()
    assert "records" in run("node", "backup", folder / "stopped.backup", "--repo", repo)

    damaged = folder / "damaged.backup"
    content = bytearray((folder / "running.backup").read_bytes())
    content[len(content) // 2] ^= 1
    damaged.write_bytes(content)
    made = folder / "made"
    assert "damaged" in run("node", "restore", damaged, "--repo", made, code=1) and not made.exists()
    refused = run("node", "restore", folder / "running.backup", "--repo", made, "--network", "calibnet", code=1)
    assert "of a node of the network" in refused and not made.exists(), refused

    shutil.rmtree(repo)
    for file in ("running.backup", "stopped.backup"):
        run("node", "restore", folder / file, "--repo", made)
        node = Node(made)
        node.url()
        assert json.loads(run("net", "id", "--network", made, "--json"))["ID"] == peer, "it is the same peer"
        assert "strata wallet unlock" in run("wallet", "export", address, "--network", made, code=1)
        found = {one["Check"]: one for one in json.loads(run("doctor", "--network", made, "--json", code=1))}
        assert found["wallet_lock"]["State"] == "fault" and "wallet unlock" in found["wallet_lock"]["NextStep"], found
        run("wallet", "unlock", "--passphrase-file", words, "--network", made)
        assert run("wallet", "export", address, "--network", made) == secret
        node.stop()
        shutil.rmtree(made)
    print("a node alone: good", flush=True)


class Network(Devnet):
    def __init__(self, folder):
        super().__init__(STRATA, folder, "--processes", "--block-time", f"{BLOCK_TIME}s")

    def says(self, *words, node=MINER):
        ran = subprocess.run([STRATA, *map(str, words), "--network", self.folder, "--node", node], capture_output=True,
                             text=True, timeout=600, check=False)
        assert ran.returncode == 0, f"{words}: {ran.stdout}{ran.stderr}"
        return ran.stdout

    def json(self, *words, node=MINER):
        return json.loads(self.says(*words, "--json", node=node))

    def height(self, name):
        return self.call(name, "ChainHead")["Height"]

    def waits_for(self, name):
        with urllib.request.urlopen(f"{self.url(name)}/health/status", timeout=60) as answer:
            return json.load(answer)["WaitsFor"]

    def blocks_of(self, miner, lowest):
        """The heights of the miner's blocks on the chain that its peer has, newest first."""
        out, at = [], self.call(OTHER, "ChainHead")
        while at["Height"] > lowest:
            out += [at["Height"] for block in at["Blocks"] if block["Miner"] == miner]
            at = self.call(OTHER, "ChainGetTipSet", at["Blocks"][0]["Parents"])
        return out


def lost_and_back(net, folder):
    eventually("blocks are made", lambda: net.height(MINER) > 5)
    file = folder / "file.bin"
    file.write_bytes(bytes(range(256)) * 4)
    put = net.says("put", file, "--miner", "t01000", node="client")
    assert "piece" in put, put
    extra = net.says("wallet", "new").strip()
    begun = net.json("sp", "pledge")["Sector"]

    def of_provider():
        return {"wallet": sorted(one["Address"] for one in net.json("wallet", "list")),
                "sectors": sorted(one["Sector"] for one in net.json("sp", "pipeline")), "peer": net.json("net", "id")["ID"]}

    before = of_provider()
    assert extra in before["wallet"] and begun in before["sectors"], before
    told = json.loads(net.says("node", "backup", folder / "provider.backup", "--json"))
    assert told["Sectors"] == len(before["sectors"]) and told["Keys"] == len(before["wallet"]), told
    backup_head = told["Head"]
    eventually("the chain went on", lambda: net.height(MINER) > backup_head + 5)
    net.stop()
    lost = net.folder / MINER
    for gone in ("repository", "libp2p.key", "token", "peers", "index.sqlite"):
        path = lost / gone
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    for rest in lost.iterdir():  # all but sectors and pieces
        if rest.name not in ("provider", "pieces"):
            shutil.rmtree(rest) if rest.is_dir() else rest.unlink()
    ran = subprocess.run([STRATA, "node", "restore", folder / "provider.backup", "--repo", lost, "--network", net.folder],
                         capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr

    net.begin()
    held = eventually("it says that its miner is held", lambda: "restored miner" in net.waits_for(MINER))
    assert held
    bar = int(net.waits_for(MINER).split("a head above epoch ")[1].split(",")[0])
    eventually("it follows its network again", lambda: net.height(MINER) > backup_head)
    assert of_provider()["wallet"] == before["wallet"] and of_provider()["peer"] == before["peer"]
    assert set(before["sectors"]) <= set(of_provider()["sectors"]), of_provider()
    eventually("the others go on beyond the bar", lambda: net.height(OTHER) > bar + 1)
    first = eventually("the restored miner makes blocks again", lambda: net.blocks_of("t01000", bar))
    assert not [height for height in net.blocks_of("t01000", backup_head) if bar - 5 < height <= bar], "it was held"
    assert "restored miner" not in net.waits_for(MINER)
    assert net.json("sp", "pipeline", "--sector", begun)["State"] != "Failed"
    eventually("the deal goes into a sector", lambda: any(piece["DealID"] is not None for one in net.json("sp", "pipeline")
                                                          for piece in one["Pieces"]), 1200)
    print(f"lost at epoch {backup_head}, held until {bar}, a block at {first[-1]}: good", flush=True)


def main():
    with tempfile.TemporaryDirectory(prefix="strata-backup-") as folder:
        folder = Path(folder)
        alone(folder)
        if sys.argv[2:] == ["alone"]:
            return
        net = Network(folder)
        try:
            lost_and_back(net, folder)
        except BaseException:
            net.give_up()
            raise
        net.stop()


main()
