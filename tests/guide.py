#!/usr/bin/env python3
"""Runs the guide: every command of docs/guide/*.md, in order, against real networks, in a fresh HOME.

guide.py STRATA FOLDER [PAGE...]: pages are names such as first-file.md (default: all, in the order of docs/guide/README.md);
npm keeps its downloads in FOLDER. STRATA_PARAMS names a folder of proof keys (default: they are made anew). Without node
and npm, pages with JavaScript are left out, and the exit code is 77.

In a page, a block ```console has lines `$ command`, and below each what it prints: the parts of each line between `…` must
appear in the output, in this order. The commands of a page share one shell. Words after `console` on the first line:
`own-terminal` (the command runs until the end of the page, and its output is awaited), `fails` (its commands end with an
exit code other than 0). A block ```js file=NAME, or of a different language, is saved under that name. The page's default
port 1234 is replaced by free ones, so that the test disturbs no network that runs.
"""
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from pathlib import Path

sys.dont_write_bytecode = True
from running_node import START, free_port  # noqa: E402

SKIPPED = 77
PATIENCE = 900  # seconds for a command: a deal is proven in that time also on a machine with much else to do
HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
GUIDE = ROOT / "docs" / "guide"
PAGES = ["README.md", "first-file.md", "run_node.md", "run_provider.md", "contracts.md", "javascript.md", "api.md", "verbs.md"]
PORTS = 6  # from the first one on: three providers, a client, a beacon, and one to spare
BLOCK = re.compile(r"^```(\w+)([^\n]*)\n(.*?)^```$", re.M | re.S)


class Failure(Exception):
    pass


def free_ports():
    """A port after which some more are free at the moment."""
    import socket
    while True:
        first = free_port()
        try:
            held = []
            for port in range(first, first + PORTS):
                one = socket.socket()
                held.append(one)
                one.bind(("127.0.0.1", port))
            return first
        except OSError:
            continue
        finally:
            for one in held:
                one.close()


def plain(text):
    """Text without what only a terminal shows, and with single spaces."""
    text = re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", text)
    return re.sub(r"\s+", " ", text)


def missing(expected, output):
    """The first part of the expected lines that the output lacks; None if all are there in this order."""
    rest = plain(output)
    for line in expected:
        for part in line.split("…"):
            part = plain(part).strip()
            if not part:
                continue
            at = rest.find(part)
            if at < 0:
                return part
            rest = rest[at + len(part):]
    return None


def commands(block):
    """Yields each command of a console block with the lines that it must print."""
    command, expected = None, []
    for line in block.splitlines():
        if line.startswith("$ "):
            if command:
                yield command, expected
            command, expected = line[2:], []
        elif line.strip():
            expected.append(line)
    if command:
        yield command, expected


class Shell:
    """A shell that runs one command after the other, each without an input of its own."""

    def __init__(self, folder, environment):
        self.process = subprocess.Popen(["bash", "--norc"], cwd=folder, env=environment, stdin=subprocess.PIPE, text=True,
                                        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)
        self.lines, self.ended = [], threading.Event()
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.process.stdout:
            self.lines.append(line)

    def run(self, command, patience=PATIENCE):
        """Returns the exit code and what was printed."""
        mark = f"guide-mark-{time.monotonic_ns()}"
        begin = len(self.lines)
        self.process.stdin.write(f"{{ {command}\n}} </dev/null; printf '\\n{mark} %s\\n' $?\n")
        self.process.stdin.flush()
        end = time.monotonic() + patience
        while time.monotonic() < end:
            text = "".join(self.lines[begin:])
            found = re.search(rf"\n{mark} (\d+)\n", text)
            if found:
                return int(found[1]), text[:found.start()]
            if self.process.poll() is not None:
                raise Failure(f"the shell ended during: {command}\n{text}")
            time.sleep(0.05)
        raise Failure(f"`{command}` did not end within {patience} s; it printed:\n" + "".join(self.lines[begin:]))

    def close(self):
        self.process.stdin.close()
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


class Page:
    def __init__(self, name, work, environment, port):
        self.name, self.work, self.environment, self.port = name, work, environment, port
        self.terminals, self.ran = [], 0
        self.url = f"http://127.0.0.1:{port}"

    def ours(self, text):
        """The page's text with this test's ports."""
        text = re.sub(r"127\.0\.0\.1:1234\b", f"127.0.0.1:{self.port}", text)
        return re.sub(r"^strata devnet up\b", f"strata devnet up --port {self.port}", text)

    def check(self, command, expected, output, code, fails):
        self.ran += 1
        if (code != 0) != fails:
            raise Failure(f"{self.name}: `{command}` ended with exit code {code}, expected {'a failure' if fails else 0}\n{output}")
        part = missing([self.ours(line) for line in expected], output)
        if part:
            raise Failure(f"{self.name}: `{command}` does not print {part!r}; it printed:\n{output}")

    def own_terminal(self, command, expected):
        out = self.work / f"terminal-{self.name}-{len(self.terminals)}.txt"
        with open(out, "wb") as file:
            process = subprocess.Popen(["bash", "--norc", "-c", f"exec {self.ours(command)}"], cwd=self.work, env=self.environment, stdout=file,
                                       stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
        self.terminals.append((process, command, out))
        end = time.monotonic() + START
        wanted = [self.ours(line) for line in expected]
        while missing(wanted, out.read_text()):
            if process.poll() is not None or time.monotonic() > end:
                self.check(command, expected, out.read_text(), process.poll() or 1, fails=False)
            time.sleep(0.2)
        self.ran += 1

    def run(self):
        shell = Shell(self.work, self.environment)
        try:
            for language, info, block in BLOCK.findall((GUIDE / self.name).read_text()):
                words = info.split()
                if language != "console":
                    for word in words:
                        if word.startswith("file="):
                            (self.work / word[5:]).write_text(re.sub(r"127\.0\.0\.1:1234\b", f"127.0.0.1:{self.port}", block))
                    continue
                for command, expected in commands(block):
                    began = time.monotonic()
                    if "own-terminal" in words:
                        self.own_terminal(command, expected)
                    else:
                        code, output = shell.run(self.ours(command))
                        self.check(command, expected, output, code, "fails" in words)
                    print(f"{self.name}: {time.monotonic() - began:6.1f} s  {command[:100]}", flush=True)
            self.look_at_methods()
        except BaseException:
            for _, command, out in self.terminals:
                print(f"`{command}` printed last:\n{out.read_text()[-2000:]}")
            raise
        finally:
            shell.close()
            self.stop()

    def stop(self):
        for process, command, _ in reversed(self.terminals):
            if process.poll() is None:
                process.send_signal(signal.SIGINT)
        for process, command, out in reversed(self.terminals):
            try:
                code = process.wait(timeout=120)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                raise Failure(f"{self.name}: `{command}` did not end at Ctrl-C\n{out.read_text()[-2000:]}") from None
            if code != 0:
                raise Failure(f"{self.name}: `{command}` ended with {code}\n{out.read_text()[-2000:]}")

    def look_at_methods(self):
        """The API reference says of each method what the node itself says."""
        if self.name != "api.md":
            return
        body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "rpc.discover", "params": []}).encode()
        request = urllib.request.Request(self.url + "/rpc/v1", body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            methods = json.load(answer)["result"]["methods"]
        page = (GUIDE / self.name).read_text()
        rows = {}
        for row in re.findall(r"^\| `(\w+)`.*\|$", page, re.M):
            rows[row] = next(line for line in page.splitlines() if line.startswith(f"| `{row}`")).split(" | ")
        if set(rows) != {one["name"].removeprefix("Filecoin.") for one in methods}:
            raise Failure("api.md does not list the methods of the node; run tools/api_reference")
        for one in methods:
            _, params, _, needs, cost, purpose = rows[one["name"].removeprefix("Filecoin.")]
            permission, _, refusal = one["summary"].partition("; refused: ")
            listed = re.findall(r"`([^`]+)`", params)
            optional = [param.split()[0].endswith("?") for param in listed]
            if optional != [not param["required"] for param in one["params"]] or not permission.endswith(needs) \
                    or cost != one["x-cost"] or bool(refusal) != purpose.startswith("refused"):
                raise Failure(f"api.md says of {one['name']} {params}, {needs}, {cost}, and the node {one}")


def environment(home, strata):
    out = {name: value for name, value in os.environ.items() if not name.startswith(("STRATA_", "FULLNODE_"))}
    out.update(HOME=str(home), npm_config_cache=str(downloads / "npm"), PATH=f"{strata.parent}:{os.environ['PATH']}",
               npm_config_update_notifier="false")
    return out


def work_folder(place, name):
    """A folder that looks like the repository to the commands of a page, and may be written into."""
    work = place / name
    (work / "build").mkdir(parents=True)
    for part in ("docs", "tests"):
        (work / part).symlink_to(ROOT / part)
    (work / "build" / "release").symlink_to(strata.parent)
    (work / "package.json").write_text('{"private": true}\n')
    return work


strata, downloads = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
downloads.mkdir(parents=True, exist_ok=True)
chosen = sys.argv[3:] or PAGES
listed = re.findall(r"\]\((\w[\w-]*\.md)\)", (GUIDE / "README.md").read_text())
assert sorted(listed + ["README.md"]) == sorted(PAGES), f"docs/guide/README.md lists {listed}, and this test runs {PAGES}"
has_npm = shutil.which("node") and shutil.which("npm")
code = 0
with tempfile.TemporaryDirectory(prefix="strata-guide-") as name:
    place = Path(name)
    params = os.environ.get("STRATA_PARAMS")
    for number, page in enumerate(chosen):
        if "npm " in (GUIDE / page).read_text() and not has_npm:
            print(f"{page}: left out, because node or npm is not here")
            code = SKIPPED
            continue
        home = place / f"home-{number}"
        (home / ".cache" / "strata").mkdir(parents=True)
        keys = Path(params) if params else place / "keys"
        keys.mkdir(exist_ok=True)
        (home / ".cache" / "strata" / "params").symlink_to(keys)
        began = time.monotonic()
        one = Page(page, work_folder(place, page.removesuffix(".md")), environment(home, strata), free_ports())
        try:
            one.run()
        except Failure as failure:
            print(f"FAILED {failure}")
            sys.exit(1)
        print(f"{page}: {one.ran} commands, {time.monotonic() - began:.0f} s", flush=True)
sys.exit(code)
