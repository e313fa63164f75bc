#!/usr/bin/env python3
"""Lotus' own client (go-jsonrpc with api/client) against a running local network: subscriptions, a cancelled call, calls
at the same time, permissions, a message that the node signs, a slow export, more subscriptions than a connection may have.

lotus_rpc.py STRATA; STRATA_LOTUS_RPC names the Go program (skipped without it), STRATA_PARAMS a folder of proof keys.
"""
import json
import os
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path

sys.dont_write_bytecode = True
from running_node import Devnet, call  # noqa: E402

PEER = os.environ.get("STRATA_LOTUS_RPC")
if not PEER:
    print("STRATA_LOTUS_RPC does not name the Go program")
    sys.exit(77)

with tempfile.TemporaryDirectory() as name:
    folder = Path(name)
    client = folder / "net" / "client"
    network = Devnet(sys.argv[1], folder)
    try:
        token = (client / "token").read_text()
        url = network.url()
        sender = call(url, "WalletDefaultAddress", token=token)
        done = subprocess.run([PEER, f"{url.replace('http', 'ws')}/rpc/v1", token, sender, "t01000"], capture_output=True,
                              text=True, timeout=300, check=False)
        events = {event["event"]: event for event in map(json.loads, done.stdout.splitlines())}
        assert done.returncode == 0 and "done" in events, done.stdout + done.stderr
        assert events["concurrent"]["failed"] == 0 and events["current"]["type"] == "current", events
        assert events["pool"]["same"] and events["landed"]["exit"] == 0 and events["applied"]["heads"] >= 2, events
        assert "canceled" in events["cancelled"]["error"], events
        if "export" in events:  # not in earlier builds of the Go program
            assert events["block"]["height"] > 0, events
            # The same export through a different door, a few tipsets later: it has all that the first one had, and
            # little more.
            with urllib.request.urlopen(f"{url}/rpc/snapshot?format=v1&recent_states=20", timeout=60) as answer:
                later = len(answer.read())
            assert events["export"]["complete"] and later / 2 < events["export"]["bytes"] <= later, (events, later)
            assert events["many"]["open"] == 128 and "too many subscriptions" in events["many"]["refused"], events["many"]
            assert events["again"]["open"] == 1, events
        assert events["permission"]["error"] == "missing permission to invoke 'WalletNew' (need 'write')", events
    except BaseException:
        network.give_up()
        raise
    network.stop()
print("Lotus' client did what it should")
