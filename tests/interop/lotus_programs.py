"""A Lotus daemon and Strata nodes of one network, for the tests that run both. The environment names what they need:
STRATA_LOTUS a Lotus built with the tag `debug` (lotus.md says how), STRATA_VECTORS the folder with lotus-devnet,
STRATA_BUNDLES that of the official actors.
"""
import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
from running_node import answer, call, eventually, free_port  # noqa: E402

STRATA = sys.argv[1]
LOTUS = os.environ.get("STRATA_LOTUS")
VECTORS = Path(os.environ.get("STRATA_VECTORS", "/nowhere")) / "lotus-devnet" / "long"
# Blocks that others accept need the gas of the official actors.
BUNDLE = Path(os.environ.get("STRATA_BUNDLES", "/nowhere")) / "v18" / "builtin-actors-devnet.car"


def skip_without_programs():
    """Ends the test with the exit code for "skipped" if something that it needs is not here."""
    if not LOTUS:
        print("STRATA_LOTUS does not name a Lotus program")
        sys.exit(77)
    if not (VECTORS / "network.json").exists():
        print("the vectors lotus-devnet/long are not here; STRATA_VECTORS names their folder")
        sys.exit(77)
    if not BUNDLE.exists():
        print(f"{BUNDLE} is not here; STRATA_BUNDLES names the folder of the official actors")
        sys.exit(77)


def unpacked(name, to):
    """A recorded file without its zstd frame."""
    with open(to, "wb") as out:
        subprocess.run(["zstd", "-dc", VECTORS / name], stdout=out, check=True)
    return to


class Process:
    def __init__(self, words, log, env=None):
        self.log = log
        with open(log, "ab") as out:
            self.process = subprocess.Popen([str(word) for word in words], stdout=out, stderr=subprocess.STDOUT,
                                            env={**os.environ, **(env or {})}, start_new_session=True)

    def text(self):
        return self.log.read_text(errors="replace")

    def check_runs(self):
        if self.process.poll() is not None:
            raise AssertionError(f"{self.log.name} ended with {self.process.returncode}:\n{self.text()[-3000:]}")

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(timeout=60)
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


class Network:
    """A network that both programs can join: genesis, beacon and keys."""

    def __init__(self, folder):
        self.folder = folder
        self.described = json.loads((VECTORS / "network.json").read_text())
        self.keys = json.loads((VECTORS / "keys.json").read_text())["keys"]
        self.owner = self.described["addresses"]["owner"]
        self.drand_port = free_port()
        self.genesis = folder / "genesis.car"

    def lotus_env(self):
        return {"LOTUS_DRAND_CHAIN_INFO": json.dumps(self.described["drand"]["chain_info"]),
                "LOTUS_DRAND_SERVERS": f"http://127.0.0.1:{self.drand_port}", "LOTUS_NO_PARAMETER_FILES": "1",
                "LOTUS_XX_HEIGHT": str(self.described["upgrades"]["xx_nv29_height"]),
                "FIL_PROOFS_PARAMETER_CACHE": str(VECTORS.parent / "vk"), "LOTUS_SKIP_GENESIS_CHECK": "_yes_", "GOLOG_LOG_FMT": "nocolor",
                "LOTUS_LIBP2P_LISTENADDRESSES": "/ip4/127.0.0.1/tcp/0"}

    def new_template(self):
        """Recorded sectors and accounts, with a genesis in the present."""
        packed = unpacked("sectors.tar.zst", self.folder / "sectors.tar")
        subprocess.run(["tar", "xf", packed, "-C", self.folder], check=True)
        template = json.loads((self.folder / "genesis-template.json").read_text())
        name = "strata-beside"
        template["NetworkName"], template["Timestamp"] = name, int(time.time()) + 20
        self.described.update(network_name=name, genesis_timestamp=template["Timestamp"])
        (self.folder / "template.json").write_text(json.dumps(template))
        return self.folder / "template.json"

    def describe(self, genesis):
        self.described["genesis"] = genesis
        (self.folder / "network.json").write_text(json.dumps(self.described))

    def key(self, address):
        """A key in the form that both programs import."""
        key = self.keys[address]
        return {"Type": key["type"], "PrivateKey": key["private_key_base64"]}


class Lotus:
    agent = "lotus"

    def __init__(self, network, name, *words):
        self.network, self.name = network, name
        self.repo = network.folder / name
        self.env = {**network.lotus_env(), "LOTUS_PATH": str(self.repo)}
        self.running = Process([LOTUS, "daemon", "--bootstrap=false", f"--api={free_port()}", *words],
                               network.folder / f"{name}.log", self.env)
        eventually(f"{name} answers", self.answers)
        self.address = next(a for a in self.run("net", "listen").split() if a.startswith("/ip4/127.0.0.1/tcp"))

    def answers(self):
        self.running.check_runs()
        if not (self.repo / "token").exists() or not (self.repo / "api").exists():
            return False
        self.token = (self.repo / "token").read_text()
        self.port = (self.repo / "api").read_text().split("/")[4]
        try:
            return self.call("ChainHead")
        except (OSError, AssertionError):
            return False

    def run(self, *words):
        return subprocess.run([LOTUS, *words], env={**os.environ, **self.env}, capture_output=True, text=True,
                              check=True, timeout=120).stdout

    def ask(self, method, *params):
        return answer(f"http://127.0.0.1:{self.port}", method, *params, token=self.token)

    def call(self, method, *params):
        return call(f"http://127.0.0.1:{self.port}", method, *params, token=self.token)

    def stop(self):
        self.running.stop()


class Strata:
    agent = "strata"

    def __init__(self, network, name, peers, *words):
        self.network, self.name = network, name
        self.repo = network.folder / name
        log = network.folder / f"{name}.terminal"
        log.unlink(missing_ok=True)
        peers = [word for peer in peers for word in ("--peer", peer)]
        self.running = Process([STRATA, "--log-level", "debug", "--log-file", network.folder / f"{name}.log", "node",
                                "run", "--network", network.folder / "network.json", "--genesis", network.genesis,
                                "--bundle", BUNDLE, "--params", VECTORS.parent / "vk", "--repo", self.repo, *peers,
                                *words], log)
        eventually(f"{name} answers", self.answers)
        self.address = re.search(r"/ip4/\S+/p2p/\S+", self.running.text()).group()

    def answers(self):
        self.running.check_runs()
        found = re.search(r"http://127.0.0.1:\d+", self.running.text())
        if not found or "/p2p/" not in self.running.text():
            return False
        self.url = found.group()
        self.token = (self.repo / "token").read_text()
        return True

    def ask(self, method, *params):
        return answer(self.url, method, *params, token=self.token)

    def call(self, method, *params):
        return call(self.url, method, *params, token=self.token)

    def stop(self):
        self.running.stop()


def new_network(stack, name):
    """A network in the folder that STRATA_KEEP names, or in one that goes with the test."""
    folder = Path(os.environ.get("STRATA_KEEP") or
                  stack.enter_context(tempfile.TemporaryDirectory(prefix=f"strata-{name}-")))
    folder.mkdir(parents=True, exist_ok=True)
    return Network(folder)


def start(stack, running):
    """Stops a process or a node at the end of the test, in whatever order the others end."""
    stack.callback(running.stop)
    return running
