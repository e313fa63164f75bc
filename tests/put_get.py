#!/usr/bin/env python3
"""Puts a file into a network of processes and gets it back, as a person does: the client is killed at each stage and goes
on, the money is paid once, and every refusal says why and what to do.

put_get.py STRATA; STRATA_PARAMS names a folder of proof keys to use (default: they are made anew), STRATA_BLOCK_TIME the
seconds of an epoch (default 4).
"""
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
from running_node import Devnet, call, eventually  # noqa: E402

STRATA = sys.argv[1]
BLOCK_TIME = int(os.environ.get("STRATA_BLOCK_TIME", "4"))
DONE, FAULT, USAGE, STOPPED = 0, 1, 2, 130


class Network(Devnet):
    def __init__(self, folder):
        super().__init__(STRATA, folder, "--processes", "--block-time", f"{BLOCK_TIME}s")

    def words(self, *words):
        return [STRATA, *map(str, words), "--network", str(self.folder)]

    def says(self, code, *words):
        """Runs a verb to its end and returns both outputs."""
        ran = subprocess.run(self.words(*words), capture_output=True, text=True, timeout=600)
        assert ran.returncode == code, f"{words}: exit code {ran.returncode}, expected {code}\n{ran.stdout}{ran.stderr}"
        return ran.stdout + ran.stderr

    def json(self, *words):
        return json.loads(subprocess.run(self.words(*words, "--json"), check=True, capture_output=True, text=True,
                                         timeout=600).stdout)

    def refuses(self, code, parts, *words):
        said = self.says(code, *words)
        for part in parts:
            assert part in said, f"{words}: {part!r} is missing in:\n{said}"
        print(f"refused: {' '.join(map(str, words))}\n    {said.strip()}", flush=True)

    def escrow_messages(self):
        """How many AddBalance messages of the client the chain has."""
        wallet = self.json("wallet", "default")["Address"]
        found = self.ask("StateListMessages", {"From": wallet, "To": "t05"}, None, 0)
        return len(found or [])

    def ask(self, method, *params):
        return call(self.url(), method, *params, token=(self.folder / "client" / "token").read_text().strip())


def killed_when(network, stage, *words):
    """Starts a put and kills it with -9 at the moment when the client's files have this stage; they must still have it then,
    or the kill came too late to prove anything."""
    files = network.folder / "client" / "files"
    process = subprocess.Popen(network.words(*words), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    end = time.monotonic() + 300
    while not stage(files):
        if process.poll() is not None:
            raise AssertionError(f"the put ended before the moment of the kill: {process.communicate()[1]}")
        assert time.monotonic() < end, "the moment of the kill did not come"
        time.sleep(0.02)
    process.kill()
    _, said = process.communicate()
    assert process.returncode == -signal.SIGKILL, f"the put ended by itself ({process.returncode}): {said}"
    assert stage(files), "the put went on past the moment of the kill"


def check_put(network, file):
    # Killed while the message that fills the escrow is on its way, then when the proposal is signed: two kills, one
    # payment.
    assert network.escrow_messages() == 0
    killed_when(network, lambda files: any((files / "escrow").glob("[13]*")), "put", file, "--wait")
    killed_when(network, lambda files: any(files.glob("*/*/record")) and not any((files / "escrow").glob("[13]*")),
                "put", file, "--wait")
    assert network.escrow_messages() == 1, "the money had been paid when the second kill came"
    process = subprocess.Popen(network.words("put", file, "--wait"), stdout=subprocess.PIPE, text=True)
    eventually("the deal is on the chain", lambda: "on the chain" in process.stdout.readline())
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=60) == STOPPED, "Ctrl-C"

    said = network.says(DONE, "put", "--resume", "--wait")
    print(said, flush=True)
    assert re.search(r"stored: sector \d+, proven at epoch \d+", said), said
    again = network.json("put", file, "--wait")
    assert again["Stage"] == "stored" and len(again["Deals"]) == 1, again
    assert network.escrow_messages() == 1, "the money was paid once"
    listed = network.json("deals", "list")
    ours = [deal for deal in listed["Deals"].values() if deal["Proposal"]["Label"] == again["CID"]["/"]]
    assert len(ours) == 1 and len(listed["Files"]) == 1, listed
    return again


def check_get(network, file, stored, folder):
    cid = stored["CID"]["/"]
    back = folder / "back"
    network.says(DONE, "get", cid, "-o", back)
    assert back.read_bytes() == file.read_bytes()
    # Who knows a node only, and not the network's folder, finds the provider by what it announced on the chain.
    miner = stored["Miner"]
    name = f"provider-{int(miner[1:]) - 999}"
    network.says(DONE, "sp", "announce", stored["Provider"], "--miner", miner, "--node", name)
    eventually("the announcement is on the chain",
               lambda: network.ask("StateMinerInfo", miner, None)["Multiaddrs"])
    assert stored["Provider"] in network.says(DONE, "sp", "info", "--miner", miner)
    far = folder / "far"
    network.says(DONE, "get", cid, "-o", far, "--records", folder / "nothing", "--api", network.url())
    assert far.read_bytes() == file.read_bytes()
    # The network starts again at different ports, and the client has lost its records: the chain names the holder.
    network.stop()
    (network.folder / "client" / "files").rename(folder / "files")
    network.begin()
    again = folder / "again"
    network.says(DONE, "get", cid, "-o", again)
    assert again.read_bytes() == file.read_bytes()
    (folder / "files").rename(network.folder / "client" / "files")
    deal = stored["Deals"][0]["DealID"]
    shown = network.says(DONE, "deals", "show", deal)
    assert cid in shown and "proven since epoch" in shown, shown
    assert "stored" in network.says(DONE, "deals", "show", cid)


def check_refusals(network, file, stored, folder):
    cid, piece = stored["CID"]["/"], stored["Deals"][0]["PieceCID"]["/"]
    other = folder / "other"
    other.write_bytes(b"a different file")
    network.refuses(USAGE, ["there is no such file"], "put", folder / "missing")
    network.refuses(USAGE, ["name a FILE"], "put")
    network.refuses(USAGE, ["--duration 10: expected 518400 to"], "put", other, "--duration", 10)
    network.refuses(FAULT, ["it asks 0.01 FIL"], "put", other, "--price", "0.000001")
    network.refuses(FAULT, ["no provider can be reached", "t0999"], "put", other, "--miner", "t0999", "--provider",
                    "http://127.0.0.1:1")
    empty = network.json("wallet", "new")["Address"]
    network.refuses(FAULT, ["has 0 FIL", "nothing was sent", f"strata send {empty}"], "put", other, "--wallet", empty)
    large = folder / "large"
    large.write_bytes(os.urandom(250_000))
    network.refuses(FAULT, ["too large", "more than 128 deals", "--sector 8MiB"], "put", large)
    network.refuses(USAGE, ["is not a CID"], "get", "nonsense", "-o", folder / "x")
    network.refuses(USAGE, ["the CID of a piece"], "get", piece, "-o", folder / "x")
    network.refuses(USAGE, ["--force"], "get", cid, "-o", folder / "back")
    unknown = "bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy"
    network.refuses(FAULT, ["no deal on the chain names", "strata deals list"], "get", unknown, "-o",
                    folder / "x")
    network.refuses(FAULT, ["the chain has no deal 999"], "deals", "show", 999)
    network.refuses(USAGE, ["neither the number of a deal nor a CID"], "deals", "show", "nonsense")
    assert network.escrow_messages() == 1, "no refusal cost anything"


def check_several_pieces(network, folder):
    """A file that is larger than a sector, while its pieces are not sealed yet."""
    file, back = folder / "several", folder / "several-back"
    file.write_bytes(os.urandom(9000))
    put = network.json("put", file)
    assert len(put["Deals"]) == 6, put
    network.says(DONE, "get", put["CID"]["/"], "-o", back)
    assert back.read_bytes() == file.read_bytes()


def main():
    with tempfile.TemporaryDirectory(prefix="strata-put-") as folder:
        folder = Path(folder)
        file = folder / "file"
        file.write_bytes(os.urandom(1500))
        network = Network(folder)
        try:
            stored = check_put(network, file)
            check_get(network, file, stored, folder)
            check_refusals(network, file, stored, folder)
            check_several_pieces(network, folder)
        except BaseException:
            network.give_up()
            raise
        network.stop()
        network_is_gone(folder, file)


def network_is_gone(folder, file):
    ran = subprocess.run([STRATA, "put", file, "--network", folder / "net"], capture_output=True, text=True)
    assert ran.returncode == FAULT and "strata devnet up" in ran.stderr, ran


main()
