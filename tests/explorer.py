#!/usr/bin/env python3
"""Walks through the explorer of a local network in headless Chromium (tests/explorer/walk.mjs), with a deal, a payment and
a contract on its chain.

explorer.py STRATA FOLDER: npm installs the browser's driver and axe-core into FOLDER unless they are there. Without
Chromium, node or npm the test is skipped (exit code 77). STRATA_PARAMS names a folder of proof keys, STRATA_SCREENSHOTS one
for pictures of all pages (default: FOLDER/screenshots).
"""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from pathlib import Path

sys.dont_write_bytecode = True
from running_node import Devnet, eventually  # noqa: E402

SKIPPED = 77
HERE = Path(__file__).resolve().parent
SITE = HERE.parent / "strata" / "explorer" / "site"
strata, folder = Path(sys.argv[1]).resolve(), Path(sys.argv[2])


def browser():
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if shutil.which(name):
            return shutil.which(name)
    return None


def modules():
    if not (folder / "node_modules" / "axe-core").is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(HERE / "explorer" / "package.json", folder)
        subprocess.run(["npm", "install", "--no-audit", "--no-fund"], cwd=folder, check=True, timeout=900)
    return folder


def check_method_names():
    """The names in methods.js are those of the table from which the node decodes parameters."""
    table = (HERE.parent / "strata" / "api" / "method_shapes.inc").read_text()
    expected = {(actor, int(number), name) for actor, number, name in re.findall(r"^([a-z]+)(?:@\d+)? (\d+) (\S+) ", table, re.M)}
    text = (SITE / "methods.js").read_text().split("const kNames = {")[1].split("\n};")[0]
    found = {(actor, int(number), name) for actor, inner in re.findall(r"^  ([a-z]+): \{(.*?)\}", text, re.M | re.S)
             for number, name in re.findall(r"(\d+): '(\w+)'", inner)}
    assert found == expected, f"methods.js differs from method_shapes.inc: {sorted(found ^ expected)[:10]}"


def answer(url, headers=None, method="GET"):
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers or {}, method=method), timeout=60) as got:
            return got.status, got.headers, got.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


def check_http(url):
    """The server's own part: HEAD, copies that are still right, and the way from the root."""
    status, headers, body = answer(url + "/explorer/app.js")
    assert status == 200 and body == (SITE / "app.js").read_bytes()
    head = answer(url + "/explorer/app.js", method="HEAD")
    assert head[0] == 200 and head[1]["Content-Length"] == str(len(body)) and head[2] == b""
    assert answer(url + "/explorer/app.js", {"If-None-Match": headers["ETag"]})[0] == 304
    assert answer(url + "/", {"Accept": "text/html"})[2] == (SITE / "index.html").read_bytes()
    assert answer(url + "/")[0] == 404
    assert answer(url + "/explorer/%2e%2e/%2e%2e/etc/passwd")[0] == 404


class Network(Devnet):
    def json(self, *words):
        ran = subprocess.run([strata, *map(str, words), "--network", self.folder, "--json"], capture_output=True, text=True, timeout=600)
        assert ran.returncode == 0, f"{words}: {ran.stdout}{ran.stderr}"
        return json.loads(ran.stdout)

    def says(self, *words):
        ran = subprocess.run([strata, *map(str, words), "--network", self.folder], capture_output=True, text=True, timeout=600)
        assert ran.returncode == 0, f"{words}: {ran.stdout}{ran.stderr}"
        return ran.stdout

    def fill(self):
        """Puts a file, sends money and deploys a contract; returns the pages that show them."""
        assert "/explorer/ in a browser" in self.out.read_text(), "the terminal does not tell where the explorer is"
        assert "/explorer/" in self.says("node", "status"), "strata node status does not tell where the explorer is"
        file = self.folder.parent / "file.bin"
        file.write_bytes(bytes(range(256)) * 5)
        put = self.says("put", file)
        piece, data = re.search(r"piece +(\S+)", put)[1], re.search(r"CID +(\S+)", put)[1]
        account = self.says("wallet", "new").strip()
        sent = re.search(r"message +(\S+)", self.says("send", account, "1.5", "--wait"))[1]
        token = HERE / "contracts" / "Token.json"
        deployed = self.says("evm", "deploy", token, "--types", "string,string,uint256", "My token", "MTK", "1000")
        contract, created = re.search(r"ID +(\S+)", deployed)[1], re.search(r"message +(\S+)", deployed)[1]
        eth = re.search(r"contract +(0x\S+)", deployed)[1]
        head = self.call("provider-1", "ChainHead")
        pages = {
            "overview": "", "height": f"height/{head['Height']}", "tipset": "tipset/" + ",".join(one["/"] for one in head["Cids"]),
            "block": "block/" + head["Cids"][0]["/"], "message": "message/" + created, "sent": "message/" + sent,
            "account": "address/" + account, "actor": "address/t01000", "contract": "contract/" + contract, "providers": "providers",
            "provider": "provider/t01000", "deadline": "provider/t01000/deadline/0", "sector": "provider/t01000/sector/0", "unused": "provider/t01000/sector/99",
            "pool": "pool", "deals": "deals", "deal": "deal/0", "piece": "piece/" + piece, "data": "data/" + data, "peers": "peers",
            "charts": "charts?epochs=60", "pipeline": "pipeline", "search": "search?q=1", "unknown": "search?q=hello", "missing": "nowhere",
        }
        searches = [
            ["12", "search?q=12"], ["t01000", "address/t01000"], ["t01000/1", "provider/t01000/sector/1"], [created, "message/" + created],
            [piece, "piece/" + piece], [eth, "address/" + self.call("provider-1", "EthAddressToFilecoinAddress", eth)],
            [head["Cids"][0]["/"], pages["block"]],
        ]
        abi = json.dumps(json.loads(token.read_text())["abi"])
        return {"pages": pages, "searches": searches, "contract": {"path": pages["contract"], "abi": abi}}


check_method_names()
chromium = browser()
if not (chromium and shutil.which("node") and shutil.which("npm")):
    print("Chromium, node or npm are not here, so no page was opened")
    sys.exit(SKIPPED)
shots = Path(os.environ.get("STRATA_SCREENSHOTS", folder / "screenshots"))
shots.mkdir(parents=True, exist_ok=True)
with tempfile.TemporaryDirectory() as place:
    network = Network(strata, place, "--processes", "--block-time", "6s")
    try:
        eventually("ten epochs", lambda: network.call("provider-1", "ChainHead")["Height"] >= 10)
        settings = network.fill()
        check_http(network.url("provider-1"))
        settings.update(url=network.url("provider-1"), token=(network.folder / "provider-1" / "token").read_text().strip(), shots=str(shots.resolve()))
        file = Path(place) / "settings.json"
        file.write_text(json.dumps(settings))
        code = subprocess.run(["node", HERE / "explorer" / "walk.mjs", chromium, modules().resolve(), file], check=False, timeout=3000).returncode
        network.stop()
    except BaseException:
        network.give_up()
        raise
print(f"pictures of all pages: {shots}")
sys.exit(code)
