#!/usr/bin/env python3
"""Runs the verbs that ask a node, as a person types them, against a local network of processes with real proofs: wallet,
send, msg, mpool, state, msig, net, sync, sp, deals, auth, chain, node, doctor. Each must say what docs/operating.md and its --help say: JSON with --json,
its exit code, and what to do when it refuses.

node_verbs.py STRATA; STRATA_PARAMS names a folder of proof keys to use (default: they are made anew, which takes minutes).
"""
import http.server
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.dont_write_bytecode = True
from running_node import Devnet, eventually  # noqa: E402

STRATA = sys.argv[1]
DONE, NO, USAGE, STOPPED = 0, 1, 2, 130
VERBS = ["wallet new", "wallet list", "wallet balance", "wallet default", "wallet export", "wallet import", "send",
         "net peers", "net id", "net connect", "net disconnect", "sync status", "sp info", "sp sectors", "sp deadlines",
         "deals list", "deals show", "auth token", "chain head", "chain list", "chain msg", "chain block", "chain export",
         "node status", "node stop", "node run", "beacon run", "msg send", "msg wait", "msg list", "msg replace", "msg cancel",
         "msg estimate", "mpool list", "mpool stat", "mpool find", "mpool gas-perf", "mpool sub", "state actor", "state call",
         "state decode", "chain tipset", "chain gas", "chain events", "msig create", "msig propose", "wallet sign",
         "wallet market add", "sp money", "sp pledge", "sp withdraw", "car pack", "pieces commp", "doctor", "man"]


def strata(*words, code=DONE):
    """Runs the program and returns what it printed; `code` is the exit code that it must have."""
    ran = subprocess.run([STRATA, *map(str, words)], capture_output=True, text=True, timeout=600,
                         env={name: value for name, value in os.environ.items() if name != "FULLNODE_API_INFO"})
    assert ran.returncode == code, f"strata {' '.join(map(str, words))}: exit code {ran.returncode}, expected {code}\n" \
                                   f"{ran.stdout}{ran.stderr}"
    return ran.stdout if code == DONE else ran.stdout + ran.stderr


class Network(Devnet):
    """A running network; `ask` lets a verb ask one of its nodes."""
    def __init__(self, folder):
        super().__init__(STRATA, folder, "--processes")

    def ask(self, *words, node="client", code=DONE):
        return strata(*words, "--network", self.folder, "--node", node, code=code)

    def json(self, *words, node="client"):
        return json.loads(self.ask(*words, "--json", node=node))

    def join(self, name, *words):
        out = open(self.folder.parent / f"{name}.txt", "wb")
        started = subprocess.Popen([STRATA, "node", "run", "--network", self.folder, "--name", name, "--params",
                                    self.params, *words], stdout=out, stderr=subprocess.STDOUT)
        eventually(f"{name} answers", lambda: started.poll() is not None or (self.folder / name / "api").exists())
        assert started.poll() is None, (self.folder.parent / f"{name}.txt").read_text()
        return started


def helps():
    for verb in VERBS:
        text = strata(*verb.split(), "--help")
        assert "Usage:" in text or "usage" in text.lower(), f"{verb} --help:\n{text}"
    strata("wallet", code=USAGE)
    assert "Did you mean" in strata("wallet", "lst", code=USAGE)
    assert "--nothing" in strata("node", "status", "--nothing", code=USAGE)


def wallets(net, folder):
    made = net.ask("wallet", "new", "bls").strip()
    assert made.startswith("t3"), made
    assert net.ask("wallet", "new").startswith("t1")
    listed = {one["Address"]: one for one in net.json("wallet", "list")}
    assert listed[made]["Balance"] == "0" and not listed[made]["Default"], listed
    assert made in net.ask("wallet", "list")
    paying = net.json("wallet", "default")["Address"]
    assert listed[paying]["Default"] and int(listed[paying]["Balance"]) > 10**18, listed
    assert net.ask("wallet", "balance").strip().endswith("FIL")
    assert net.json("wallet", "balance", made) == {"Address": made, "Balance": "0"}

    key = folder / "key"
    key.write_text(net.ask("wallet", "export", made))
    assert net.json("wallet", "export", made)["Type"] == "bls"
    assert net.ask("wallet", "import", key, node="provider-2").strip() == made
    net.ask("wallet", "import", folder / "no key", code=USAGE)
    (folder / "not a key").write_text("hello")
    net.ask("wallet", "import", folder / "not a key", code=USAGE)
    net.ask("wallet", "export", "t1abc", code=USAGE)
    net.ask("wallet", "balance", "nobody", code=USAGE)
    return paying, made


def sends(net, made):
    before = int(net.json("wallet", "balance")["Balance"])
    sent = net.json("send", made, "0.25", "--wait")
    assert sent["Receipt"]["ExitCode"] == 0 and sent["Value"] == "250000000000000000", sent
    assert net.json("wallet", "balance", made)["Balance"] == "250000000000000000"
    assert int(net.json("wallet", "balance")["Balance"]) < before - 250000000000000000, "the gas was paid too"
    for amount in ["much", "-1", "0.0000000000000000001"]:
        net.ask("send", made, amount, code=USAGE)
    net.ask("send", "nobody", "1", code=USAGE)
    net.ask("send", made, "1", "--from", "t01000", code=NO)
    assert net.ask("send", made, "1", "--from", made, code=NO), "it has a quarter only"
    return sent["CID"]["/"]


def chains(net, message):
    head = net.json("chain", "head")
    assert str(head["Height"]) in net.ask("chain", "list", "--count", "5")
    listed = net.json("chain", "list", "--count", "5")
    assert len(listed) == 5 and listed[0]["Height"] >= head["Height"], listed
    assert listed == sorted(listed, key=lambda one: -one["Height"])
    net.ask("chain", "list", "--count", "0", code=USAGE)
    found = net.json("chain", "msg", message)
    assert found["Lookup"]["Receipt"]["ExitCode"] == 0 and found["Message"]["Value"] == "250000000000000000", found
    assert "0.25 FIL" in net.ask("chain", "msg", message)
    net.ask("chain", "msg", "hello", code=USAGE)
    block = head["Cids"][0]["/"]
    assert net.json("chain", "block", block)["Header"]["Height"] == head["Height"]
    assert str(head["Height"]) in net.ask("chain", "block", block)
    unknown = "bafy2bzacecnamqgqmifpluoeldx7zzglxcljo6oja4vrmtj7432rphldpdmm2"  # mainnet's genesis
    net.ask("chain", "block", unknown, code=NO)
    net.ask("chain", "msg", unknown, code=NO)
    busy = strata("chain", "export", net.folder / "client", net.folder.parent / "chain.car", code=NO)
    assert "a different strata process uses" in busy, busy


def messages(net, paying, made):
    """Parameters in JSON; a message that is held up by a gap, replaced, cancelled and at last executed."""
    priced = net.json("msg", "estimate", made, "0.1")
    assert int(priced["GasLimit"]) > 0 and int(priced["MaxFee"]) >= int(priced["FeeNow"]) > 0, priced
    # AddBalance of the market takes an address, which the node encodes.
    sent = net.json("msg", "send", "t05", "0.5", "--method", "2", "--params-json", json.dumps(made), "--wait")
    assert sent["Receipt"]["ExitCode"] == 0, sent
    assert net.json("wallet", "market", "balance", made)["Available"] == str(5 * 10**17)
    waited = net.json("msg", "wait", sent["CID"]["/"], "--confidence", "2")
    assert waited["Confidence"] >= 2 and waited["Receipt"]["ExitCode"] == 0, waited
    # Method 99 of the market does not exist: USR_UNHANDLED_MESSAGE, 22.
    refused = net.ask("msg", "send", "t05", "0", "--method", "99", code=NO)
    assert "22" in refused, refused
    assert net.json("msg", "list") == [], "nothing waits"

    # The base fee of a new network begins at 10^8 attoFIL and falls by an eighth in an epoch, so a bid of a quarter of it waits
    # for some ten epochs.
    sender = net.ask("wallet", "new").strip()
    net.ask("send", sender, "2", "--wait")
    def stuck(amount):
        bid = int(net.json("chain", "gas")["BaseFee"]) // 4
        assert bid > 1_000, "this test must begin soon after the network"
        return net.json("send", made, amount, "--from", sender, "--gas-feecap", bid, "--gas-premium", "100")["CID"]["/"]
    held = stuck("0.1")
    listed = net.json("msg", "list")
    assert [(one["CID"]["/"], one["Nonce"], one["WaitsFor"]) for one in listed] == [(held, 0, "base_fee")], listed
    assert "a base fee of at most" in net.ask("msg", "list", "--from", sender)
    assert "FeeCap cur: 1" in net.ask("mpool", "stat", "--local")
    assert [one["Message"]["Nonce"] for one in net.json("mpool", "find", "--from", sender, "--method", "0")] == [0]
    assert net.ask("mpool", "pending", "--local", "--cids").split() == [held]
    assert len(net.ask("mpool", "gas-perf").split("\t")) == 4
    replaced = net.json("msg", "replace", held, "--wait")
    assert replaced["Replaced"]["/"] == held and int(replaced["GasPremium"]) > int(listed[0]["GasPremium"]), replaced
    assert replaced["CID"]["/"] in net.ask("msg", "wait", held), "the same call was executed in its place"
    net.ask("msg", "replace", held, code=NO)  # it is not in the pool any more

    before = int(net.json("wallet", "balance", made)["Balance"])
    held = stuck("0.2")
    cancelled = net.json("msg", "cancel", sender, "1")
    assert cancelled["Replaced"]["/"] == held and int(cancelled["GasPremium"]) >= 126, cancelled
    assert net.json("msg", "wait", cancelled["CID"]["/"])["Receipt"]["ExitCode"] == 0
    assert int(net.json("wallet", "balance", made)["Balance"]) == before, "the cancelled payment was not made"
    net.ask("msg", "wait", held, code=NO)

    held = net.json("send", made, "0.1", "--from", sender, "--nonce", "3")["CID"]["/"]
    assert [(one["Nonce"], one["WaitsFor"]) for one in net.json("msg", "list")] == [(3, "nonce")]
    assert "nonce 2" in net.ask("msg", "list", "--from", sender)
    assert "future: 1" in net.ask("mpool", "stat", "--local")
    again = net.json("mpool", "replace", "--auto", sender, "3")
    assert "gap" in again["Note"], again
    net.ask("msg", "wait", held, "--timeout", "1", code=NO)
    net.json("send", made, "0.1", "--from", sender, "--nonce", "2")
    assert net.json("msg", "wait", held)["Receipt"]["ExitCode"] == 0, "it, or the same call with a higher bid"

    watched = subprocess.Popen([STRATA, "mpool", "sub", "--count", "1", "--interval", "0.1", "--json", "--network", net.folder],
                               stdout=subprocess.PIPE, text=True)
    time.sleep(1)
    shown = net.json("send", made, "0.1")["CID"]
    seen = json.loads(watched.communicate(timeout=120)[0])
    assert seen["Type"] == "add" and seen["CID"] == shown, seen


def states(net, paying, made):
    actor = net.json("state", "get-actor", made)
    assert actor["CodeName"] == "account", actor
    number = net.ask("state", "lookup", made).strip()
    assert number.startswith("t0") and net.ask("state", "lookup", "-r", number).strip() == made
    assert net.json("state", "miner-info", "t01000")["Info"]["SectorSize"] == 2048
    assert int(net.json("state", "power")["TotalPower"]["RawBytePower"]) > 0
    assert "t01000" in net.ask("state", "list-miners").split()
    assert len(net.json("state", "sectors", "t01000")) >= 2
    then = net.json("state", "power", "t01000", "--tipset", "@2")
    assert int(then["MinerPower"]["RawBytePower"]) > 0, then
    assert net.json("state", "market", "balance", made)["Escrow"] == str(5 * 10**17)
    net.ask("state", "actor", "t0999999", code=NO)
    net.ask("state", "actor", made, "--tipset", "@99999999", code=NO)
    # 9 of f04 is CurrentTotalPower.
    assert net.json("state", "call", "t04", "9")["MsgRct"]["ExitCode"] == 0
    net.ask("state", "call", "t04", "99", code=NO)
    params = {"AmountRequested": "255"}
    encoded = net.ask("chain", "encode", "params", "t01000", "16", json.dumps(params)).strip()
    assert encoded == "814200ff", encoded  # a list of one: a big integer as bytes, sign and magnitude
    assert net.json("state", "decode-params", "t01000", "16", encoded) == params
    assert net.ask("state", "network-name").startswith("strata-devnet-")

    head = net.json("chain", "tipset")
    assert net.json("chain", "tipset", "1")["Height"] >= 0 and head["Blocks"]
    assert int(net.json("chain", "gas-price")["BaseFee"]) >= 100
    block = head["Cids"][0]["/"]
    state = head["Blocks"][0]["ParentStateRoot"]["/"]
    assert net.json("chain", "stat-obj", state)["Size"] > 0
    assert net.ask("chain", "read-obj", block).startswith("90"), "a block header is a list of sixteen"
    assert net.json("chain", "get", "/pstate")["Obj"]
    sent = net.json("send", made, "0.1", "--wait")["CID"]["/"]
    assert net.json("chain", "events", sent) == []

    text = "68656c6c6f"
    signature = net.ask("wallet", "sign", paying, text).strip()
    assert net.ask("wallet", "verify", paying, text, signature) == "valid\n"
    net.ask("wallet", "verify", paying, text + "00", signature, code=NO)
    spare = net.ask("wallet", "new").strip()
    net.ask("wallet", "delete", spare)
    assert spare not in net.ask("wallet", "list")
    net.ask("wallet", "market", "withdraw", "0.5", "--address", made, "--wallet", made, "--wait")
    assert net.json("wallet", "market", "balance", made)["Escrow"] == "0"


def multisigs(net, paying, made):
    """Two of two sign a payment; one of them cancels; the threshold is lowered; money is locked."""
    net.ask("send", made, "1", "--wait")
    created = net.json("msig", "create", paying, made, "--required", "2", "--value", "3", "--wait")
    wallet = created["Return"]["RobustAddress"]
    seen = net.json("msig", "inspect", wallet)
    assert seen["Threshold"] == 2 and len(seen["Signers"]) == 2 and seen["Balance"] == str(3 * 10**18), seen
    target = net.ask("wallet", "new").strip()
    proposed = net.json("msig", "propose", wallet, target, "0.5", "--wait")
    assert proposed["Return"]["TxnID"] == 0 and not proposed["Return"]["Applied"], proposed
    assert "proposal 0" in net.ask("msig", "inspect", wallet)
    approved = net.json("msig", "approve", wallet, "0", "--from", made, "--wait")
    assert approved["Return"]["Applied"] and approved["Return"]["Code"] == 0, approved
    assert net.json("wallet", "balance", target)["Balance"] == str(5 * 10**17)
    assert net.json("msig", "propose", wallet, target, "1", "--wait")["Return"]["TxnID"] == 1
    net.ask("msig", "cancel", wallet, "1", "--from", made, code=NO)  # only its proposer may
    net.ask("msig", "cancel", wallet, "1", "--wait")
    assert net.json("msig", "inspect", wallet)["Proposals"] == []
    net.ask("msig", "threshold-propose", wallet, "1", "--wait")
    net.ask("msig", "approve", wallet, "2", "--from", made, "--wait")
    assert net.json("msig", "inspect", wallet)["Threshold"] == 1
    head = net.json("chain", "head")["Height"]
    net.ask("msig", "lock-propose", wallet, head, "100000", "1", "--wait")
    seen = net.json("msig", "inspect", wallet)
    assert seen["Vesting"]["InitialBalance"] == str(10**18) and int(seen["Available"]) < 2 * 10**18, seen
    net.ask("msig", "add-propose", wallet, target, "--wait")
    net.ask("msig", "swap-propose", wallet, target, net.ask("wallet", "new").strip(), "--wait")
    net.ask("msig", "propose-remove", wallet, made, "--wait")
    assert len(net.json("msig", "inspect", wallet)["Signers"]) == 2
    net.ask("msig", "inspect", paying, code=USAGE)


def owners(net):
    """A provider's own door, and messages of its miner."""
    money = net.json("sp", "money", node="provider-1")
    assert int(money["Balance"]) > 0 and int(money["InitialPledge"]) > 0, money
    assert net.json("sp", "faults", node="provider-1")["Faults"] == []
    ask = net.json("sp", "ask", node="provider-1")
    assert ask["Miner"] == "t01000" and int(ask["PricePerGiBEpoch"]) >= 0, ask
    before = net.json("sp", "pipeline", node="provider-1")
    begun = net.json("sp", "pledge", node="provider-1")["Sector"]
    assert begun not in [one["Sector"] for one in before]
    assert net.json("sp", "pipeline", "--sector", begun, node="provider-1")["State"] != "Failed"
    net.ask("sp", "pipeline", "--sector", begun, "--wait", "--timeout", "1", node="provider-1", code=NO)
    refused = net.ask("sp", "retry", begun, node="provider-1", code=NO)
    assert "only a sector in state Failed" in refused, refused
    assert net.json("sp", "storage", node="provider-1")["Bytes"] > 0
    assert "no storage provider" in net.ask("sp", "pipeline", code=NO)
    reader = net.json("auth", "token", "--perm", "sign", node="provider-1")["Token"]
    assert "admin" in net.ask("sp", "pledge", "--token", reader, node="provider-1", code=NO)
    sent = net.json("sp", "withdraw", "0.01", "--miner", "t01000", "--wait", node="provider-1")
    assert sent["Receipt"]["ExitCode"] == 0, sent
    net.ask("sp", "withdraw", "999999999", "--miner", "t01000", node="provider-1", code=NO)
    net.ask("sp", "terminate", "0", "--miner", "t01000", node="provider-1", code=USAGE)


def examined(net):
    found = {one["Check"]: one for one in net.json("doctor", "--params", net.params)}
    faults = {name: one for name, one in found.items() if one["State"] == "fault"}
    assert not faults and {"folder", "key_files", "api", "token", "peers", "ports"} <= set(found), found
    token = net.folder / "client" / "token"
    token.chmod(0o644)
    said = net.ask("doctor", code=NO)
    assert f"chmod 600 {token}" in said, said
    token.chmod(0o600)
    said = strata("doctor", "--api", "http://127.0.0.1:1", code=NO)
    assert "fault" in said, said


def providers(net):
    info = net.json("sp", "info", node="provider-1")
    assert info["Miner"] == "t01000" and info["Sectors"]["Live"] > 0, info
    assert "t01000" in net.ask("sp", "info", node="provider-1")
    assert net.json("sp", "info", "--miner", "t01001")["Miner"] == "t01001"
    sectors = net.json("sp", "sectors", node="provider-1")
    assert len(sectors["Sectors"]) == info["Sectors"]["Live"], sectors
    deadlines = net.json("sp", "deadlines", node="provider-1")
    assert len(deadlines["Deadlines"]) == 48 and any(one["Partitions"] for one in deadlines["Deadlines"]), deadlines
    assert net.ask("sp", "deadlines", node="provider-1").startswith("current")
    net.ask("sp", "info", "--miner", "provider", code=USAGE)
    net.ask("sp", "info", "--miner", "t099", code=NO)
    assert isinstance(net.json("deals", "list"), dict)
    net.ask("deals", "show", "99999", code=NO)


def peers(net):
    own = net.json("net", "id", node="provider-2")
    assert own["Addrs"] and own["ID"] in net.ask("net", "id", node="provider-2")
    eventually("the client has peers", lambda: len(net.json("net", "peers")) >= 3)
    assert own["ID"] in net.ask("net", "peers")
    address = f"{own['Addrs'][0]}/p2p/{own['ID']}"
    assert net.json("net", "connect", address) == {"ID": own["ID"]}
    assert own["ID"] in net.ask("net", "disconnect", own["ID"])
    eventually("the nodes of a network find each other again", lambda: own["ID"] in net.ask("net", "peers"))
    net.ask("net", "connect", "/ip4/127.0.0.1/tcp/1", code=USAGE)
    net.ask("net", "connect", f"/ip4/127.0.0.1/tcp/1/p2p/{own['ID'][:-1]}x", code=NO)
    assert net.json("sync", "status")["Head"] > 0
    assert net.ask("sync", "status").startswith("head")


def tokens(net):
    reader = net.json("auth", "token", "--perm", "read")
    assert reader["Permissions"] == ["read"] and reader["Token"].count(".") == 2, reader
    admin = net.ask("auth", "token", "--perm", "admin").strip()
    net.ask("auth", "token", code=USAGE)
    net.ask("auth", "token", "--perm", "everything", code=USAGE)
    _, _, host, _, port, _ = (net.folder / "client" / "api").read_text().strip().split("/")
    url = f"http://{host}:{port}"
    assert "missing permission" in strata("wallet", "new", "--api", url, "--token", reader["Token"], code=NO)
    strata("wallet", "new", "--api", url, "--token", admin)
    strata("wallet", "list", "--api", f"{admin}:{url}")
    strata("chain", "head", "--api", "http://127.0.0.1:1", code=NO)
    strata("chain", "head", "--network", net.folder.parent / "no network", code=NO)


def nodes(net):
    status = net.json("node", "status")
    assert set(status) >= {"Network", "Head", "Epoch", "Behind", "Peers", "WaitsFor", "Failures"}, status
    assert status["Network"].startswith("strata-devnet-") and status["Peers"] >= 3, status
    assert net.ask("node", "status").startswith("network")


def the_beacon(net):
    url = (net.folder / "beacon" / "url").read_text().strip()
    assert "drand" in strata("beacon", "run", "--help")
    refused = strata("beacon", "run", "--network", net.folder, code=NO)
    assert "a different strata process uses" in refused, refused
    strata("beacon", "run", "--network", net.folder, "--listen", "here", code=USAGE)
    assert url.startswith("http://127.0.0.1:"), url


def stops(net):
    """By the API, by the lock of the folder, and nobody else."""
    joined = net.join("joined")
    assert net.json("node", "stop", node="joined") == {"Stopped": True, "By": "api", "Process": joined.pid, "Ended": True}
    assert joined.wait(timeout=60) == 0
    refused = net.ask("node", "stop", node="joined", code=NO)
    assert "nobody holds its lock" in refused, refused

    joined = net.join("joined")
    (net.folder / "joined" / "api").write_text("/ip4/127.0.0.1/tcp/1/http")
    assert "got SIGTERM; the node has stopped" in net.ask("node", "stop", node="joined")
    assert joined.wait(timeout=60) == 0

    # A name that the network does not have is not that of its first provider, nor of the network's own process.
    refused = net.ask("node", "stop", node="jioned", code=NO)
    assert "has no such node; its nodes are" in refused and "joined" in refused, refused
    assert "no such node" in net.ask("wallet", "list", node="jioned", code=NO)

    # A node that answers and refuses goes on; one that hangs is waited for until Ctrl-C.
    joined = net.join("joined")
    reader = net.json("auth", "token", "--perm", "read", node="joined")["Token"]
    refused = net.ask("node", "stop", "--token", reader, node="joined", code=NO)
    assert "missing permission" in refused and f"kill {joined.pid}" in refused, refused
    assert joined.poll() is None, "it got a signal"
    joined.send_signal(signal.SIGSTOP)
    stop = subprocess.Popen([STRATA, "node", "stop", "--network", net.folder, "--node", "joined"], stderr=subprocess.PIPE,
                            text=True)
    time.sleep(15)  # its API has ten seconds to answer, and then it is waited for
    assert stop.poll() is None, stop.communicate()
    stop.send_signal(signal.SIGINT)
    said = stop.communicate(timeout=60)[1]
    assert stop.returncode == STOPPED and "stopped waiting" in said, said
    joined.send_signal(signal.SIGCONT)
    assert joined.wait(timeout=60) == 0, "SIGTERM came when it ran again"

    joined = net.join("joined")
    lock = net.folder / "joined" / "in_use.lock"
    held = lock.read_text()
    assert held == f"{joined.pid}\n", held
    (net.folder / "joined" / "api").unlink()
    lock.write_text(f"{os.getpid()}\n")  # of a process that does not hold it
    assert "cannot be found here" in net.ask("node", "stop", node="joined", code=NO)
    lock.write_text(held)
    net.ask("node", "stop", node="joined")
    assert joined.wait(timeout=60) == 0
    assert net.json("chain", "head")["Height"] > 0, "no other node was stopped"


class Files(http.server.SimpleHTTPRequestHandler):
    folder = None

    def __init__(self, *arguments, **named):
        super().__init__(*arguments, directory=Files.folder, **named)

    def log_message(self, *_):
        pass


def snapshots(net, folder):
    """A node that begins with what a stopped one wrote."""
    net.ask("node", "stop")
    client = net.folder / "client"
    eventually("the client stopped", lambda: not (client / "api").exists())
    recorded, snapshot = folder / "chain.car", folder / "chain.forest.car.zst"
    assert "tipsets" in strata("chain", "export", client, recorded)
    strata("chain", "export", snapshot, "--repo", client, "--format", "indexed")
    assert json.loads(strata("chain", "show", snapshot, "--json"))["height"] > 0
    strata("chain", "export", folder / "nothing", folder / "x.car", code=NO)

    run = ["node", "run", "--network", net.folder, "--params", net.params]
    refused = strata(*run, "--name", "a", "--import-snapshot", folder / "no such file", code=USAGE)
    assert "there is no such file" in refused, refused
    strata(*run, "--name", "a", "--bootstrap", code=USAGE)
    strata(*run, "--name", "a", "--drand", "api.drand.sh", code=USAGE)
    from_file = net.join("from-file", "--import-snapshot", snapshot)
    Files.folder = folder
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Files)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    from_url = net.join("from-url", "--import-snapshot", f"http://127.0.0.1:{server.server_port}/{snapshot.name}")
    for name in ("from-file", "from-url"):
        eventually(f"{name} follows", lambda: net.json("node", "status", node=name)["Behind"] <= 2)
        net.ask("node", "stop", node=name)
    assert from_file.wait(timeout=60) == 0 and from_url.wait(timeout=60) == 0
    refused = strata(*run, "--name", "from-file", "--import-snapshot", snapshot, code=NO)
    assert "holds a chain already" in refused and "leave the option out" in refused, refused


def main():
    helps()
    with tempfile.TemporaryDirectory(prefix="strata-verbs-") as folder:
        folder = Path(folder)
        net = Network(folder)
        try:
            eventually("blocks are made", lambda: net.json("chain", "head")["Height"] > 5)
            paying, made = wallets(net, folder)
            message = sends(net, made)
            chains(net, message)
            for part in (messages, states, multisigs):
                part(net, paying, made)
                print(part.__name__, "done", flush=True)
            for part in (owners, examined):
                part(net)
                print(part.__name__, "done", flush=True)
            for part in (providers, peers, tokens, nodes, the_beacon, stops):
                part(net)
                print(part.__name__, "done", flush=True)
            snapshots(net, folder)
        except BaseException:
            net.give_up()
            raise
        net.stop()
    print("all verbs did what they say")


main()
