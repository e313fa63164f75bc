#!/usr/bin/env python3
"""Kills a running local network with -9 at random moments and starts it again: every start must work, all nodes must
agree on one head, no message that was accepted may be lost, and no block that all nodes had may change.

devnet_kills.py STRATA; STRATA_KILLS is the number of kills (default 5), STRATA_SEED chooses the moments, STRATA_PARAMS
names a folder of proof keys to use (default: they are made anew).
"""
import os
import random
import re
import signal
import sys
import tempfile
import time
from pathlib import Path

sys.dont_write_bytecode = True
import filecoin_message  # noqa: E402
from running_node import PATIENCE, Devnet, call, eventually  # noqa: E402

STRATA = sys.argv[1]
KILLS = int(os.environ.get("STRATA_KILLS", "5"))
LOTS = random.Random(os.environ.get("STRATA_SEED", "7"))
NODES = 4


class Network(Devnet):
    """One run of the program over the same folder."""

    def __init__(self, folder):
        super().__init__(STRATA, folder)
        self.token = self.folder / "client" / "token"
        text = self.out.read_text()
        self.urls = re.findall(r"(?:provider \d|client) .*?(http://127\.0\.0\.1:\d+)/rpc/v1", text)
        assert len(self.urls) == NODES, text
        keys = re.findall(r"(t[13]\S+)  ([0-9a-f]{64,})", text)
        (self.client, _), (self.faucet, self.faucet_key) = keys[-2:]

    def head(self, node=NODES - 1):
        return call(self.urls[node], "ChainHead")

    def same_head(self):
        heads = [self.head(node) for node in range(NODES)]
        return heads[0] if all(head["Cids"] == heads[0]["Cids"] for head in heads) else None

    def send(self):
        """A message of the faucet that the client's node accepted."""
        url = self.urls[-1]
        message = {"Version": 0, "To": self.client, "From": self.faucet, "Value": "1", "Method": 0, "Params": None,
                   "Nonce": call(url, "MpoolGetNonce", self.faucet), "GasLimit": 0, "GasFeeCap": "0", "GasPremium": "0"}
        message = call(url, "GasEstimateMessageGas", message, None, None)
        message.pop("CID", None)
        return call(url, "MpoolPush", filecoin_message.signed(message, self.faucet_key),
                    token=self.token.read_text())

    def end(self, how):
        self.process.send_signal(how)
        return self.process.wait(PATIENCE)


def run_until_killed(folder, accepted, known):
    net = Network(folder)
    start = eventually("one head after the start", net.same_head)
    for height, cids in known.items():
        assert call(net.urls[0], "ChainGetTipSetByHeight", height, None)["Cids"] == cids, f"the tipset at epoch {height} has changed"
    eventually("a new head", lambda: net.head()["Height"] > start["Height"])
    accepted += [net.send() for _ in range(3)]
    # The head itself may still gain a block of a late winner; its parents must stay.
    agreed = eventually("one head", net.same_head)
    parent = call(net.urls[0], "ChainGetTipSet", agreed["Blocks"][0]["Parents"])
    known[parent["Height"]] = parent["Cids"]
    time.sleep(LOTS.uniform(0, 8))
    net.end(signal.SIGKILL)
    return agreed["Height"]


def main(folder):
    accepted, known = [], {}
    for kill in range(KILLS):
        height = run_until_killed(folder, accepted, known)
        print(f"kill {kill + 1}: after epoch {height}, {len(accepted)} messages accepted so far", flush=True)
    net = Network(folder)
    for cid in accepted:
        found = eventually(f"message {cid} lands", lambda: call(net.urls[0], "StateSearchMsg", None, cid, -1, True))
        assert found["Receipt"]["ExitCode"] == 0, found
    for height, cids in known.items():
        assert call(net.urls[0], "ChainGetTipSetByHeight", height, None)["Cids"] == cids, f"the tipset at epoch {height} has changed"
    eventually("one head at the end", net.same_head)
    code = net.end(signal.SIGTERM)
    assert code == 0, f"exit code {code} after a stop, expected 0"
    print(f"{KILLS} kills: {len(accepted)} messages landed, {len(known)} agreed tipsets stayed")


with tempfile.TemporaryDirectory() as name:
    main(Path(name))
