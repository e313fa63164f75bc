#!/usr/bin/env python3
"""A newcomer's first minutes, in terminals of 100 columns, with the seconds that each step takes: a network with keys that are
made anew, a file in and out, money, and then what goes wrong. The newcomer types only what an output before has named.

newcomer.py STRATA [--record FILE]: the record gets the steps with their seconds as JSON. STRATA_COLUMNS chooses a different
width. A machine with other work to do gives no figures; what is checked is what the person reads, and generous bounds
(STRATA_LIMIT, default 900 s for the way from nothing to a file that came back; the aim on a quiet machine is 300).
"""
import fcntl
import json
import os
import pty
import re
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import threading
import time
import urllib.request
from pathlib import Path

sys.dont_write_bytecode = True

STRATA = Path(sys.argv[1]).resolve()
ROOT = Path(__file__).resolve().parent.parent
COLUMNS = int(os.environ.get("STRATA_COLUMNS", "100"))
LIMIT = float(os.environ.get("STRATA_LIMIT", "900"))
PATIENCE = 900
steps = []


class Terminal:
    """A program in a terminal of its own."""

    def __init__(self, folder, home, *words):
        main, side = pty.openpty()
        fcntl.ioctl(side, termios.TIOCSWINSZ, struct.pack("HHHH", 40, COLUMNS, 0, 0))
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("STRATA_", "FULLNODE_"))}
        environment.update(HOME=str(home), TERM="xterm")
        self.began = time.monotonic()
        self.process = subprocess.Popen([str(STRATA), *map(str, words)], cwd=folder, env=environment, stdin=side, stdout=side,
                                        stderr=side, start_new_session=True)
        os.close(side)
        self.main, self.raw = main, ""
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        pending = b""
        while True:
            try:
                got = os.read(self.main, 65536)
            except OSError:  # the program has ended
                return
            if not got:
                return
            pending += got
            try:
                text = pending.decode()
            except UnicodeDecodeError:
                continue
            self.raw += text
            pending = b""

    def rows(self):
        """What a person sees: lines that were drawn over themselves are there once, as they were last."""
        out = []
        for line in self.raw.replace("\r\n", "\n").split("\n"):
            out.append(line.split("\r\x1b[K")[-1])
        return out

    def text(self):
        return "\n".join(self.rows())

    def wait_for(self, pattern, patience=PATIENCE):
        end = time.monotonic() + patience
        while time.monotonic() < end:
            found = re.search(pattern, self.text(), re.S)
            if found:
                return found
            assert self.process.poll() is None, f"it ended before {pattern!r}:\n{self.text()}"
            time.sleep(0.05)
        raise AssertionError(f"{pattern!r} did not come within {patience} s:\n{self.text()}")

    def end(self, code=0, patience=PATIENCE):
        try:
            ended = self.process.wait(timeout=patience)
        except subprocess.TimeoutExpired:
            self.stop()
            raise AssertionError(f"did not end within {patience} s:\n{self.text()}") from None
        time.sleep(0.1)  # for the last lines
        assert ended == code, f"exit code {ended}, expected {code}:\n{self.text()}"
        return self.text()

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        try:
            return self.process.wait(timeout=120)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()

    def check_width(self):
        """No line that is drawn over itself is wider than the terminal, and words are not torn at its edge."""
        for line in self.raw.replace("\r\n", "\n").split("\n"):
            drawn = line.split("\r\x1b[K")
            for one in drawn[1:]:
                if one and one != drawn[-1]:
                    assert len(one) < COLUMNS, f"{len(one)} columns: {one!r}"
            shown = drawn[-1]
            if len(shown) > COLUMNS:
                assert max(map(len, shown.split())) + 30 > COLUMNS, f"{len(shown)} columns: {shown!r}"


def step(name, terminal, seconds=None):
    seconds = time.monotonic() - terminal.began if seconds is None else seconds
    steps.append({"step": name, "seconds": round(seconds, 1)})
    print(f"{seconds:7.1f} s  {name}", flush=True)
    terminal.check_width()
    return seconds


def strata(folder, home, words, code=0, parts=(), patience=PATIENCE):
    terminal = Terminal(folder, home, *words)
    text = terminal.end(code, patience)
    step("strata " + " ".join(map(str, words))[:70], terminal)
    flat = re.sub(r"\s+", " ", text)
    for part in parts:
        assert part in flat, f"strata {words}: {part!r} is missing in:\n{text}"
    if code != 0 or os.environ.get("STRATA_SHOW"):
        print("            " + text.strip().replace("\n", "\n            "), flush=True)
    return flat


def begin(folder, home):
    """Starts the network with keys that are made anew; returns its terminal."""
    said = strata(folder, home, [], 2, ["strata devnet up", "strata put FILE", "strata deals show", "strata get CID"])
    strata(folder, home, ["--help"], 0, ["Begin here", "strata devnet up"])
    strata(folder, home, ["put", "picture.png"], 1, ["no network runs here", "strata devnet up"])
    network = Terminal(folder, home, "devnet", "up", "--port", "0")
    network.wait_for(r"key 1 of 3.*?%|window", 60)
    network.wait_for(r"A new network")
    step("keys for proofs are made", network)
    made = time.monotonic()
    network.wait_for(r"Running, a block every")
    step("… then the network runs", network, time.monotonic() - made)
    network.wait_for(r"head [1-9]")
    step("… and has its first block", network, time.monotonic() - made)
    assert "percent" not in said
    return network


def walk(folder, home, network):
    explorer = network.wait_for(r"http://127\.0\.0\.1:\d+/explorer/")[0]
    with urllib.request.urlopen(explorer, timeout=30) as answer:
        assert b"<title>" in answer.read(), "the explorer's address leads to a page"
    put = strata(folder, home, ["put", "picture.png"], 0, ["strata deals show", "strata get bafk"], 120)
    cid = re.search(r"strata get (bafk\w+)", put)[1]
    strata(folder, home, ["deals", "show"], 0, ["picture.png", "stage", "next"])
    elsewhere = folder / "elsewhere"
    elsewhere.mkdir()
    strata(elsewhere, home, ["get", cid], 0, ["picture.png 1325 bytes"])
    assert (elsewhere / "picture.png").read_bytes() == (folder / "picture.png").read_bytes()
    money = strata(folder, home, ["wallet", "list"], 0, ["FIL default"])
    faucet = re.findall(r"\bt1\w{30,}", money)[-1]
    sent = strata(folder, home, ["wallet", "send", faucet, "1.5"], 0, ["strata msg wait"])
    strata(folder, home, ["msg", "wait", re.search(r"msg wait (\w+)", sent)[1]], 0, ["exit code 0"])
    strata(folder, home, ["put", "--resume", "--wait"], 0, ["stored: sector", "strata get bafk"])
    strata(folder, home, ["deals", "show"], 0, ["stored: a sector with the data is proven"])
    return cid


def go_wrong(folder, home, cid):
    (folder / "large").write_bytes(os.urandom(250_000))
    (folder / "other").write_bytes(b"a different file")
    address = "t1d2xrzcslx7xlbbylc5c3d5lvandqw4iwl6epxba"
    strata(folder, home, ["put", "large"], 1, ["too large", "strata devnet up --sector 8MiB", "--network DIR"])
    strata(folder, home, ["put", "missing"], 2, ["there is no such file"])
    strata(folder, home, ["get", "bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy"], 1,
           ["no deal on the chain names", "strata deals list"])
    strata(folder, home, ["get", cid, "-o", "picture.png"], 2, ["this file exists", "--force"])
    strata(folder, home, ["wallet", "send", address, "999999999"], 1, ["is less than the 999,999,999 FIL", "strata wallet list"])
    strata(folder, home, ["wallet", "send", "t1nobody", "1"], 2, ["is not valid"])
    strata(folder, home, ["evm", "deploy", "picture.png"], 1, ["would fail and was not sent", "creation code"])
    strata(folder, home, ["evm", "deploy", ROOT / "tests/contracts/Token.json"], 2, ["takes 3 arguments"])
    strata(folder, home, ["put", "other", "--price", "0.000001"], 1, ["it asks 0.01 FIL", "nothing was sent"])
    strata(folder, home, ["deals", "show", "999"], 1, ["the chain has no deal 999"])
    strata(folder, home, ["doctor"], 0, ["runs the whole network", "need no peers"])
    strata(folder, home, ["devnet", "up"], 1, ["stop it or choose a different folder"])
    strata(folder, home, ["wallet", "sned"], 2, ["Did you mean \"strata wallet send\"?"])


def main():
    with tempfile.TemporaryDirectory(prefix="strata-newcomer-") as name:
        folder, home = Path(name) / "work", Path(name) / "home"
        folder.mkdir()
        home.mkdir()
        (folder / "picture.png").write_bytes((ROOT / "docs/demo/picture.png").read_bytes())
        began = time.monotonic()
        network = begin(folder, home)
        try:
            cid = walk(folder, home, network)
            whole = time.monotonic() - began
            print(f"{whole:7.1f} s  from nothing to a file that is stored, proven and came back", flush=True)
            go_wrong(folder, home, cid)
        except BaseException:
            print(network.text()[-3000:])
            network.stop()
            raise
        assert network.stop() == 0, f"Ctrl-C ends the network:\n{network.text()[-2000:]}"
        network.check_width()
        strata(folder, home, ["deals", "show"], 1, ["does not run", "strata devnet up"])
    if "--record" in sys.argv:
        record = {"steps": steps, "whole": round(whole, 1), "load": os.getloadavg(), "cores": os.cpu_count()}
        Path(sys.argv[sys.argv.index("--record") + 1]).write_text(json.dumps(record, indent=1) + "\n")
    assert whole < LIMIT, f"the way took {whole:.0f} s, expected at most {LIMIT:.0f}"


main()
