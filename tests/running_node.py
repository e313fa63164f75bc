"""Starts local networks and asks running nodes, for the tests of whole programs."""
import json
import os
import re
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

PATIENCE = 300  # seconds until something that must happen counts as failed; far more than a slow machine needs
START = 1800  # seconds until a network runs: making proof keys takes most of it
NAMES = ["provider-1", "provider-2", "provider-3", "client"]  # the nodes of a local network


def answer(url, method, *params, token=None):
    """The whole reply, with its HTTP status; a method whose name has no underscore is of Lotus' own namespace."""
    name = method if "_" in method else f"Filecoin.{method}"
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": name, "params": params}).encode()
    request = urllib.request.Request(url + "/rpc/v1", body, {"Content-Type": "application/json"})
    if token:
        request.add_header("Authorization", "Bearer " + token)
    try:
        with urllib.request.urlopen(request, timeout=60) as reply:
            return {"status": reply.status, **json.load(reply)}
    except urllib.error.HTTPError as refused:
        return {"status": refused.code, **json.load(refused)}


def call(url, method, *params, token=None):
    reply = answer(url, method, *params, token=token)
    if "error" in reply:
        raise AssertionError(f"{method}: {reply['error']}")
    return reply["result"]


def eventually(what, ask, patience=PATIENCE):
    end = time.monotonic() + patience
    while time.monotonic() < end:
        found = ask()
        if found:
            return found
        time.sleep(0.2)
    raise AssertionError(f"{what}: did not happen within {patience} seconds")


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Devnet:
    """A network of `strata devnet up` in the folder `net` of another folder; it runs when this is made. Its nodes are
    one process, or several with the word --processes. STRATA_PARAMS names a folder of proof keys; without it they are
    made anew."""

    def __init__(self, strata, folder, *words):
        self.strata, self.folder, self.out = strata, Path(folder) / "net", Path(folder) / "terminal.txt"
        self.params = Path(os.environ.get("STRATA_PARAMS", Path(folder) / "params"))
        self.options = words
        self.begin()

    def begin(self):
        words = [self.strata, "devnet", "up", "--folder", self.folder, "--params", self.params, "--port", "0", *self.options]
        with open(self.out, "wb") as file:
            self.process = subprocess.Popen([str(word) for word in words], stdout=file, stderr=subprocess.STDOUT)
        eventually("the network runs", self.runs, START)

    def runs(self):
        if self.process.poll() is not None:
            raise AssertionError(f"the network did not start:\n{self.out.read_text()}")
        return re.search(r"\bRunning[;,]", self.out.read_text())

    def url(self, name="client"):
        _, _, host, _, port, _ = (self.folder / name / "api").read_text().strip().split("/")
        return f"http://{host}:{port}"

    def call(self, name, method, *params):
        return call(self.url(name), method, *params)

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        code = self.process.wait(timeout=120)
        assert code == 0, f"exit code {code}:\n{self.out.read_text()}"

    def give_up(self):
        """Ends the network after a failure, and prints what it said last."""
        print(self.out.read_text()[-3000:])
        for log in sorted(self.folder.glob("*/strata.log")):
            print(log.parent.name, "\n".join(log.read_text().splitlines()[-20:]), sep=":\n")
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(timeout=120)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
