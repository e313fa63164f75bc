#!/usr/bin/env python3
"""A node takes its settings from a file, the environment and the command line, and reads them again on SIGHUP.

settings.py STRATA: runs a node alone on the network that tests/vectors/lotus-devnet/long describes.
"""
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

STRATA = sys.argv[1]
CHAIN = Path(__file__).parent / "vectors/lotus-devnet/long"
PATIENCE = 60  # seconds


def run(*words, code=0, **environment):
    done = subprocess.run([STRATA, *map(str, words)], capture_output=True, text=True, timeout=PATIENCE,
                          env={**os.environ, **environment})
    assert done.returncode == code, (words, done)
    return done.stdout + done.stderr


class Node:
    def __init__(self, folder, *words, **environment):
        self.folder = folder
        self.log = folder.parent / "log"
        (folder / "api").unlink(missing_ok=True)
        self.process = subprocess.Popen(
            [STRATA, "--log-file", self.log, "node", "run", "--network", CHAIN / "network.json", "--genesis",
             CHAIN / "genesis.car.zst", "--actors", "native", "--repo", folder, *words],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env={**os.environ, **environment})

    def wait_for(self, what, test):
        until = time.monotonic() + PATIENCE
        while not (found := test()):
            assert self.process.poll() is None, self.process.stderr.read()
            assert time.monotonic() < until, f"{what} did not come"
            time.sleep(0.05)
        return found

    def url(self):
        """The address of the API, as the node wrote it into its folder."""
        self.wait_for("the API", (self.folder / "api").exists)
        _, _, host, _, port, *_ = (self.folder / "api").read_text().split("/")
        return f"http://{host}:{port}"

    def call(self, method, *params):
        body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "Filecoin." + method, "params": params}).encode()
        with urllib.request.urlopen(urllib.request.Request(self.url() + "/rpc/v1", body), timeout=PATIENCE) as answer:
            return json.load(answer)["result"]

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(PATIENCE) == 0, self.process.stderr.read()


def settings_hold_and_change(folder):
    repo = folder / "repo"
    repo.mkdir()
    config = repo / "config.toml"
    config.write_text('[pool]\nhigh = 500\nlow = 400\n[log]\nlevels = "warning"\n[api]\nbatch = 7\n')
    node = Node(repo, STRATA_POOL_LOW="300")
    pool = node.call("MpoolGetConfig")
    assert (pool["SizeLimitHigh"], pool["SizeLimitLow"]) == (500, 300), pool

    config.write_text('[pool]\nhigh = 600\n[log]\nlevels = "info"\n[api]\nbatch = 8\n')
    node.process.send_signal(signal.SIGHUP)
    node.wait_for("the new limit", lambda: node.call("MpoolGetConfig")["SizeLimitHigh"] == 600)
    node.wait_for("the line", lambda: "takes effect at the next start setting=\"api.batch\"" in node.log.read_text())

    config.write_text("[pool]\nhigh = 0\n")
    node.process.send_signal(signal.SIGHUP)
    node.wait_for("the refusal", lambda: "pool.high is 0, expected 1 to" in node.log.read_text())
    assert node.call("MpoolGetConfig")["SizeLimitHigh"] == 600
    node.stop()


def the_command_line_comes_last(folder):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    other = folder / "other.toml"
    other.write_text("[api]\nport = 1\n")
    node = Node(folder / "repo2", "--config", other, "--port", str(port), STRATA_API_PORT="2")
    assert node.url().endswith(f":{port}"), node.url()
    node.stop()


def mistakes_are_refused(folder):
    wrong = folder / "wrong.toml"
    wrong.write_text("[api]\n\nprot = 1\n")
    text = run("node", "run", "--network", CHAIN / "network.json", "--repo", folder / "repo3", "--config", wrong,
               code=2)
    assert 'wrong.toml, line 3: there is no setting "api.prot", did you mean "api.port"?' in text, text
    assert not (folder / "repo3").exists()
    assert "not_there.toml" in run("config", "show", folder / "not_there.toml", code=1)


def people_are_told(folder):
    assert "environment: STRATA_API_PORT" in run("config", "explain", "api.port")
    assert 'did you mean "pool.high"?' in run("config", "explain", "pool.hihg", code=2)
    made = folder / "made.toml"
    run("config", "init", made)
    assert "exists already" in run("config", "init", made, code=2)
    shown = {one["name"]: one for one in json.loads(run("config", "show", made, "--json", STRATA_API_PORT="99"))}
    assert shown["api.port"] == {"name": "api.port", "value": 99, "from": "the environment's STRATA_API_PORT"}
    assert shown["pool.high"] == {"name": "pool.high", "value": 30000, "from": "default"}


def main():
    with tempfile.TemporaryDirectory(prefix="strata-settings-") as folder:
        for test in (people_are_told, mistakes_are_refused, settings_hold_and_change, the_command_line_comes_last):
            test(Path(folder))
            print(f"{test.__name__}: good", flush=True)


main()
