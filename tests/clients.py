#!/usr/bin/env python3
"""Unmodified clients, as their registries have them, do their whole work against one local network of processes with real
proofs: tests/clients/README.md says which, and what each sends.

clients.py STRATA FOLDER [NAME…]: runs the clients of these names, or all. npm, pip and the Go module proxy put them into
FOLDER unless they are there. A client whose tools or registry are not here is skipped with a sentence; if none could be
run, the exit code is 77. STRATA_PARAMS names a folder of proof keys, STRATA_BLOCK_TIME the seconds between blocks (6).
"""
import concurrent.futures
import json
import os
import shutil
import subprocess
import sys
import tempfile
import traceback
import urllib.request
from pathlib import Path

sys.dont_write_bytecode = True
from filecoin_message import f410  # noqa: E402
from running_node import NAMES, Devnet, call, eventually  # noqa: E402

SKIPPED = 77
HERE = Path(__file__).resolve().parent
CONTRACTS = HERE / "contracts"
STRATA, FOLDER, CHOSEN = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve(), sys.argv[3:]
NPM, GO = FOLDER / "npm", shutil.which("go") or "/usr/local/go/bin/go"
# Ethereum keys and their addresses: a client each, because two senders with one account disturb each other. The first is of
# EIP-155's example; the others repeat a byte likewise.
ACCOUNTS = {
    "46": "9d8a62f656a8d1615c1294fd71e9cfb3e4855a4f", "51": "fa17c5b66a985f44bc249c8e8fabd64767f414b1",
    "52": "83279fae0994aa1a563377e889cc2a1d96adb3b1", "53": "45de2eddbe199f4fe133b728a40e8ed516d1b015",
    "54": "083ed08f75c4cb12e97c13c07f9d836e93df5e60", "55": "e1fae9b4fab2f5726677ecfa912d96b0b683e6a9",
    "56": "3b766969ee0e273ad03be94337dfb81b7ab52882", "57": "8b75db8a458f25a728dcbc237c10e89cea11d176",
}


class Missing(Exception):
    """The tools of a client are not on this machine, or its registry cannot be reached."""


def key(byte):
    return "0x" + byte * 32


def run(*words, cwd=None, seconds=900, **more):
    """Runs a program that must succeed; returns what it printed."""
    environment = dict(os.environ, HARDHAT_DISABLE_TELEMETRY_PROMPT="true", FOUNDRY_DISABLE_NIGHTLY_WARNING="1",
                       PATH=f"{node_folder()}{os.pathsep}{os.environ['PATH']}", **more)
    done = subprocess.run([str(word) for word in words], cwd=cwd or NPM, env=environment, capture_output=True, text=True,
                          timeout=seconds, check=False)
    assert done.returncode == 0, f"{words[0]} {words[1]}: exit code {done.returncode}\n{done.stdout[-6000:]}{done.stderr[-6000:]}"
    return done.stdout


def script(*words, **more):
    """Runs a script that tells its checks and ends with "all right"."""
    said = run(*words, **more)
    assert "all right" in said, said
    return said


def install(what, *words, **more):
    try:
        run(*words, **more)
    except (AssertionError, OSError, subprocess.TimeoutExpired) as error:
        raise Missing(f"{what} could not be installed: {str(error)[-300:]}") from error


def node_folder():
    """Where a node of version 22 or newer is, which Hardhat and Helia need; the npm package `node` has one."""
    found = shutil.which("node")
    if found and int(subprocess.check_output([found, "--version"], text=True)[1:].split(".")[0]) >= 22:
        return Path(found).parent
    return FOLDER / "node22" / "node_modules" / "node" / "bin"


def npm_packages():
    """The packages, and beside them the scripts and contracts as they are now."""
    if not shutil.which("npm"):
        raise Missing("npm is not here")
    if not (node_folder() / "node").exists():
        (FOLDER / "node22").mkdir(parents=True, exist_ok=True)
        install("node 22", "npm", "install", "--no-audit", "--no-fund", "--prefix", FOLDER / "node22", "node@22", cwd=FOLDER)
    shutil.copytree(HERE / "clients", NPM, dirs_exist_ok=True)
    wanted = (HERE / "clients" / "package.json").read_text()
    installed = NPM / "node_modules" / "installed.json"
    if not installed.exists() or installed.read_text() != wanted:
        install("the npm packages", "npm", "install", "--no-audit", "--no-fund", seconds=1800)
        installed.write_text(wanted)
    for project in ("hardhat/contracts", "foundry/src"):
        (NPM / project).mkdir(exist_ok=True)
        shutil.copy(CONTRACTS / "Token.sol", NPM / project)
    shutil.copytree(CONTRACTS, NPM / "contracts", dirs_exist_ok=True)


def python_program():
    """A Python with web3.py, beside this one."""
    folder = FOLDER / "python"
    if not (folder / "installed").exists():
        install("a Python of its own", sys.executable, "-m", "venv", folder, cwd=FOLDER)
        install("web3.py", folder / "bin" / "python", "-m", "pip", "install", "--quiet", "web3==8.0.0", cwd=FOLDER)
        (folder / "installed").touch()


def go_program(name):
    """Builds tests/clients/NAME."""
    if not Path(GO).exists():
        raise Missing("Go is not here")
    folder = FOLDER / name
    folder.mkdir(parents=True, exist_ok=True)
    for file in ("main.go", "go.mod"):
        wanted = (HERE / "clients" / name / file).read_text()
        place = folder / file
        if file == "main.go" or not place.exists():  # Go itself completes go.mod
            place.write_text(wanted)
    install(f"the Go program {name}", GO, "build", "-mod=mod", "-o", "client", ".", cwd=folder, seconds=1800)


class Network(Devnet):
    """The network with money in all accounts."""

    def __init__(self, folder):
        super().__init__(STRATA, folder, "--processes", "--empty-blocks", "--block-time", os.environ.get("STRATA_BLOCK_TIME", "6"))
        self.token = (self.folder / "client" / "token").read_text().strip()
        self.payer = self.ask("WalletDefaultAddress")

    def ask(self, method, *params):
        return call(self.url(), method, *params, token=self.token)

    def fund(self, receivers):
        sent = [self.ask("MpoolPushMessage", {"From": self.payer, "To": to, "Value": str(100 * 10**18), "Method": 0}, None)
                for to in receivers]
        for one in sent:
            found = eventually("the money arrives", lambda cid=one["CID"]: self.ask("StateSearchMsg", None, cid, -1, True))
            assert found["Receipt"]["ExitCode"] == 0, found

    def open_accounts(self):
        self.fund([f410(address) for address in ACCOUNTS.values()])
        self.wallets = [self.ask("WalletNew", "secp256k1") for _ in range(4)]
        self.fund(self.wallets)

    def exported(self, number):
        return json.dumps(self.ask("WalletExport", self.wallets[number])).encode().hex()

    def rpc(self):
        return f"{self.url()}/rpc/v1"

    def rpc_with_token(self):
        return f"{self.rpc()}?token={self.token}"


def check_door(network):
    """What pages and wallets ask of the server before they work: CORS, and batches."""
    def answer(method, headers, body=None):
        request = urllib.request.Request(network.rpc(), body, headers, method=method)
        with urllib.request.urlopen(request, timeout=60) as got:
            return got.headers, got.read()

    # A page, and MetaMask's extension; the names of headers are those of ethers, a wallet's page, and a tracing library.
    for origin in ("https://app.example", "chrome-extension://nkbihfbeogaeaoehlefnkodbefgpgknn"):
        headers, _ = answer("OPTIONS", {"Origin": origin, "Access-Control-Request-Method": "POST",
                                        "Access-Control-Request-Headers": "authorization,baggage,content-type,sentry-trace"})
        names = {name.strip().lower() for name in headers["Access-Control-Allow-Headers"].split(",")}
        assert headers["Access-Control-Allow-Origin"] == "*" and "POST" in headers["Access-Control-Allow-Methods"]
        assert {"authorization", "content-type", "*"} <= names, names
        asked = [{"jsonrpc": "2.0", "id": 1, "method": "eth_chainId", "params": []}] * 100
        headers, body = answer("POST", {"Origin": origin, "Content-Type": "application/json"}, json.dumps(asked).encode())
        assert headers["Access-Control-Allow-Origin"] == "*" and len(json.loads(body)) == 100
        _, body = answer("POST", {"Content-Type": "application/json"}, json.dumps(asked + asked[:1]).encode())
        assert json.loads(body)["error"]["code"] == -32010, body
    for name in NAMES:
        assert (network.folder / name / "index.sqlite").exists(), f"{name} keeps no index"


def ethers_and_viem(network):
    return script("node", "ethereum.mjs", network.rpc_with_token(), key("46"), "./contracts")


def readers(network):
    """ethers and viem read a chain on which a contract emits logs all the time."""
    environment = dict(os.environ, PATH=f"{node_folder()}{os.pathsep}{os.environ['PATH']}")
    ticker = subprocess.Popen(["node", "ticker.mjs", network.rpc(), key("57"), "./contracts"], cwd=NPM, env=environment, text=True,
                              stdout=subprocess.PIPE)
    try:
        contract = ticker.stdout.readline().strip()
        assert contract.startswith("0x"), "no contract was deployed"
        return script("node", "ethers_read.mjs", network.rpc(), contract) + script("node", "viem_read.mjs", network.rpc(), contract)
    finally:
        ticker.kill()
        ticker.wait()


def hardhat(network):
    program, folder = NPM / "node_modules" / ".bin" / "hardhat", NPM / "hardhat"
    more = {"cwd": folder, "STRATA_URL": network.rpc(), "STRATA_KEY": key("51")}
    shutil.rmtree(folder / "ignition", ignore_errors=True)  # it remembers what it deployed to a network of this number
    run(program, "build", **more)
    return script(program, "run", "run.js", "--network", "strata", **more)


def foundry(network):
    """forge deploys and sends by a script, cast asks, sends, and explains."""
    folder, receiver = NPM / "foundry", "0x00000000000000000000000000000000DeaDBeef"
    forge, cast = (NPM / "node_modules" / ".bin" / name for name in ("forge", "cast"))
    url = {"cwd": folder, "ETH_RPC_URL": network.rpc()}
    # forge counts gas by Ethereum's rules when it simulates, too little for any Filecoin node, so it must ask the node.
    run(forge, "script", "script/Deploy.s.sol", "--rpc-url", network.rpc(), "--private-key", key("53"), "--broadcast",
        "--skip-simulation", cwd=folder)
    made = json.loads((folder / "broadcast" / "Deploy.s.sol" / "31415926" / "run-latest.json").read_text())
    assert [one["status"] for one in made["receipts"]] == ["0x1"] * 3, made["receipts"]
    token, hash = made["transactions"][0]["contractAddress"], made["receipts"][1]["transactionHash"]
    assert run(cast, "chain-id", **url).strip() == "31415926"
    balance = [cast, "call", token, "balanceOf(address)(uint256)", receiver]
    assert run(*balance, **url).strip() == "7"
    sent = json.loads(run(cast, "send", token, "transfer(address,uint256)", receiver, "3", "--private-key", key("53"), "--json", **url))
    assert sent["status"] == "0x1" and len(sent["logs"]) == 1 and run(*balance, **url).strip() == "10"
    legacy = json.loads(run(cast, "send", receiver, "--value", "5", "--legacy", "--private-key", key("53"), "--json", **url))
    assert legacy["status"] == "0x1" and legacy["type"] == "0x0", legacy
    assert run(cast, "balance", receiver, **url).strip() == "10"
    logs = json.loads(run(cast, "logs", "--from-block", "0", "--address", token, "Transfer(address indexed,address indexed,uint256)", "--json", **url))
    assert [int(log["data"], 16) for log in logs] == [1000, 7, 3], logs
    assert "Transaction successfully executed" in run(cast, "run", hash, **url)
    assert "emit Transfer" in run(cast, "run", hash, **url)
    assert json.loads(run(cast, "receipt", hash, "--json", **url))["status"] == "0x1"
    assert int(run(cast, "storage", token, "2", **url), 16) == 1000
    assert int(run(cast, "nonce", "0x" + ACCOUNTS["53"], **url)) == 5
    return "forge script --broadcast, and cast chain-id, call, send, balance, logs, run, receipt, storage, nonce\n"


def web3_py(network):
    return script(FOLDER / "python" / "bin" / "python", HERE / "clients" / "web3_py.py", network.rpc(), key("52"), CONTRACTS, cwd=FOLDER)


def web3_js(network):
    return script("node", "web3_js.mjs", network.rpc(), key("54"), "./contracts")


def ethers_5(network):
    return script("node", "ethers5.mjs", network.rpc(), key("55"), "./contracts")


def go_ethereum(network):
    return script(FOLDER / "geth" / "client", network.rpc().replace("http", "ws"), key("56"), CONTRACTS, cwd=FOLDER)


def iso_filecoin(network):
    return script("node", "iso_filecoin.mjs", network.rpc_with_token(), network.exported(0))


def lotus_client(network):
    return script("node", "lotus_client_rpc.mjs", network.rpc_with_token(), network.exported(1))


def filecoin_old(network):
    return script("node", "filecoin_old.mjs", network.rpc_with_token(), network.exported(2))


def lotus_go(network):
    return script(FOLDER / "lotus" / "client", network.url().replace("http", "ws"), network.token, network.wallets[3], "t01000", cwd=FOLDER)


def storage(network):
    """Helia, ipfs-car and the libraries for CARs and pieces, over a file that was put into the network."""
    with tempfile.TemporaryDirectory(dir=FOLDER) as place:
        place = Path(place)
        file, car, back = place / "file.bin", place / "file.car", place / "back"
        file.write_bytes(os.urandom(1500))
        put = json.loads(run(STRATA, "put", file, "--network", network.folder, "--json", cwd=place))
        root = put["CID"]["/"]
        run(STRATA, "car", "pack", file, "-o", car, cwd=place)
        piece = json.loads(run(STRATA, "pieces", "commp", car, "--json", cwd=place))["PieceCIDv2"]["/"]
        said = script("node", "storage.mjs", put["Provider"], root, file, car, piece)
        ipfs_car = NPM / "node_modules" / ".bin" / "ipfs-car"
        assert run(ipfs_car, "roots", car).strip() == root
        run(ipfs_car, "unpack", car, "--root", root, "--output", back)
        assert back.read_bytes() == file.read_bytes()
        theirs = place / "theirs.car"
        run(ipfs_car, "pack", file, "--no-wrap", "--output", theirs)
        seen = json.loads(run(STRATA, "car", "verify", theirs, "--json", cwd=place))
        assert seen["Complete"] and seen["Roots"] == [{"/": root}], seen
        return said + "ok: ipfs-car reads our CAR, and we read its\n"


CLIENTS = {one.__name__: one for one in (ethers_and_viem, readers, hardhat, foundry, web3_py, web3_js, ethers_5, go_ethereum, iso_filecoin,
                                         lotus_client, filecoin_old, lotus_go, storage)}


def outcome(client, network):
    """Returns "ok", "skipped" or "FAILED", and the details."""
    try:
        return "ok", client(network)
    except Missing as missing:
        return "skipped", str(missing)
    except (AssertionError, OSError, subprocess.SubprocessError, KeyError, ValueError):
        return "FAILED", traceback.format_exc()


def main():
    unknown = set(CHOSEN) - set(CLIENTS)
    if unknown:
        sys.exit(f"unknown clients {sorted(unknown)}; there are {', '.join(CLIENTS)}")
    chosen = {name: CLIENTS[name] for name in CHOSEN or CLIENTS}
    FOLDER.mkdir(parents=True, exist_ok=True)
    # Installing takes the machine, so it is done before a network runs.
    ready, results = prepared(chosen)
    with tempfile.TemporaryDirectory(prefix="strata-clients-") as place:
        network = Network(place) if ready else None
        if network:
            try:
                network.open_accounts()
                check_door(network)
                with concurrent.futures.ThreadPoolExecutor(3) as pool:
                    running = {name: pool.submit(outcome, client, network) for name, client in ready.items()}
                    for name, one in running.items():
                        results[name] = one.result()
                        print(f"== {name}: {results[name][0]}\n{results[name][1]}", flush=True)
                failed = [name for name, (word, _) in results.items() if word == "FAILED"]
                assert not failed, f"failed: {', '.join(failed)}"
            except BaseException:
                network.give_up()
                raise
            network.stop()
    for name, (word, why) in results.items():
        print(f"{name}: {word}" + (f", {why}" if word == "skipped" else ""))
    if not ready:
        sys.exit(SKIPPED)


def prepared(chosen):
    """Installs what the clients need; returns those that can run, and the outcome of the others."""
    needs = {web3_py: python_program, go_ethereum: lambda: go_program("geth"), lotus_go: lambda: go_program("lotus")}
    ready, results, tried = {}, {}, {}
    for name, client in chosen.items():
        need = needs.get(client, npm_packages)
        if need not in tried:
            try:
                need()
                tried[need] = None
            except Missing as missing:
                tried[need] = str(missing)
        if tried[need] is None:
            ready[name] = client
        else:
            results[name] = ("skipped", tried[need])
            print(f"{name} is not run: {tried[need]}", flush=True)
    return ready, results


main()
