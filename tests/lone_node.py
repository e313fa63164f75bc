"""A node alone, on the network that tests/vectors/lotus-devnet/long describes; for tests of whole programs."""
import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

STRATA = sys.argv[1]
CHAIN = Path(__file__).parent / "vectors/lotus-devnet/long"
PATIENCE = 60  # seconds


def run(*words, code=0, **environment):
    """Runs the program; returns what it printed."""
    done = subprocess.run([STRATA, *map(str, words)], capture_output=True, text=True, timeout=PATIENCE,
                          stdin=subprocess.DEVNULL, env={**os.environ, **environment})
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
