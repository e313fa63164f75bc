#!/usr/bin/env python3
"""Lotus' own command line, unmodified, against a running local network of processes: every command in the table of
docs/api.md, with what its output must look like. Those that this node refuses are here, too, with the refusal.

lotus_cli.py STRATA; STRATA_LOTUS_CLI names Lotus' program, built for the 2k network (-tags 2k), so that it knows the
actors of devnets (skipped without it); STRATA_LOTUS_GATEWAY names lotus-gateway, through which a part of the commands runs
a second time (left out without it); STRATA_PARAMS names a folder of proof keys.
"""
import fcntl
import json
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time
from pathlib import Path

sys.dont_write_bytecode = True
from running_node import Devnet, call, eventually, free_port  # noqa: E402

CLI = os.environ.get("STRATA_LOTUS_CLI")
GATEWAY = os.environ.get("STRATA_LOTUS_GATEWAY")
if not CLI:
    print("STRATA_LOTUS_CLI does not name Lotus' program")
    sys.exit(77)
CID = r"(baf[a-z0-9]+|bag[a-z0-9]+)"
ADDRESS = r"[ft][0-4][a-z0-9]+"
failures = []


class Lotus:
    """Runs Lotus' program against one node."""

    def __init__(self, home, api_info):
        self.environment = dict(os.environ, FULLNODE_API_INFO=api_info, LOTUS_PATH=str(home))
        self.commands = 0

    def run(self, *words, seconds=60):
        self.commands += 1
        try:
            done = subprocess.run([CLI, *map(str, words)], env=self.environment, stdin=subprocess.DEVNULL,
                                  capture_output=True, timeout=seconds, check=False)
            return done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace")
        except subprocess.TimeoutExpired as late:
            return None, (late.stdout or b"").decode(errors="replace"), (late.stderr or b"").decode(errors="replace")

    def out(self, *words, **options):
        code, out, err = self.run(*words, **options)
        assert code == 0, f"{' '.join(map(str, words))}: {code} {out} {err}"
        return out.strip()

    def shows(self, pattern, *words, **options):
        """The command succeeds, and its output has the pattern."""
        code, out, err = self.run(*words, **options)
        if code != 0 or not re.search(pattern, out, re.M):
            failures.append(f"{' '.join(map(str, words))}: {code}\n  wanted {pattern}\n  {out[:600]}\n  {err[:600]}")
        return out

    def fails(self, pattern, *words, **options):
        """The command fails with the pattern."""
        code, out, err = self.run(*words, **options)
        if code in (0, None) or not re.search(pattern, out + err, re.M):
            failures.append(f"{' '.join(map(str, words))}: {code}\n  wanted failure {pattern}\n  {out[:600]}\n  {err[:600]}")

    def keeps_running(self, pattern, *words, seconds=15):
        """The command does not end by itself, and has shown the pattern meanwhile."""
        code, out, err = self.run(*words, seconds=seconds)
        if code is not None or not re.search(pattern, out + err, re.M):
            failures.append(f"{' '.join(map(str, words))}: {code}\n  wanted {pattern} and no end\n  {out[:600]}\n  {err[:600]}")

    def screen(self, pattern, *words, seconds=60):
        """The command draws the pattern on a terminal, and Ctrl-C ends it without an error."""
        self.commands += 1
        process, terminal = pty.fork()
        if process == 0:
            os.execve(CLI, [CLI, *words], dict(self.environment, TERM="xterm"))
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 150, 0, 0))
        drawn, end, is_asked = b"", time.monotonic() + seconds, False
        while time.monotonic() < end:
            if not select.select([terminal], [], [], 0.2)[0]:
                continue
            try:
                drawn += os.read(terminal, 65536)
            except OSError:  # the terminal is closed: the command has ended
                break
            if not is_asked and re.search(pattern, drawn.decode(errors="replace")):
                is_asked = True
                os.write(terminal, b"\x03")
        else:
            os.kill(process, signal.SIGKILL)
        status = os.waitpid(process, 0)[1]
        os.close(terminal)
        if status != 0 or not is_asked:
            failures.append(f"{' '.join(words)}: {status}\n  wanted on the screen {pattern}\n  {drawn[:600]}")


def wallets(lotus, folder):
    main = lotus.out("wallet", "default")
    new = lotus.out("wallet", "new", "secp256k1")
    other = lotus.out("wallet", "new", "bls")
    lotus.shows(r"^[ft]410f", "wallet", "new", "delegated")
    message = lotus.out("send", "--from", main, new, "10").splitlines()[-1]
    lotus.shows(r"^Address +Balance +Nonce +Default", "wallet", "list")
    lotus.shows(rf"^{ADDRESS}", "wallet", "list", "-a", "-i", "-m")
    lotus.shows(r"FIL$", "wallet", "balance")
    lotus.shows(rf"Default address set to: {main}", "wallet", "set-default", main)
    key = lotus.shows(r"^7b2254797065", "wallet", "export", new)
    (folder / "key").write_text(key)
    signature = lotus.out("wallet", "sign", new, "68656c6c6f")
    lotus.shows(r"^valid$", "wallet", "verify", new, "68656c6c6f", signature)
    lotus.shows(r"^Soft deleting", "wallet", "delete", other)
    lotus.shows(rf"imported key {new} successfully", "wallet", "import", folder / "key")
    lotus.shows(r"^Exit Code: 0$", "state", "wait-msg", message, seconds=180)
    lotus.shows(rf"AddBalance message cid: {CID}", "wallet", "market", "add", "--from", main, "1")
    eventually("the balance in the market is there",
               lambda: "Escrow: 1 FIL" in lotus.out("state", "market", "balance", main))
    lotus.shows(rf"WithdrawBalance message cid: {CID}", "wallet", "market", "withdraw", "--wallet", main)
    return main, new, message


def sending(lotus, main, new):
    lotus.shows(rf"^{CID}$", "send", "--from", new, main, "1")
    lotus.shows(rf"^{CID}$", "send", "--from", main, "--method", "0", "--params-hex", "00", new, "0")
    # ControlAddresses of a miner takes no parameters.
    lotus.shows(rf"^{CID}$", "send", "--from", main, "--method", "2", "f01000", "0")
    lotus.shows(rf"^{CID}$", "send", "--from", main, "--method", "2", "--params-json", f'"{new}"', "f05", "1")
    lotus.fails(r"message execution failed \(exit=\[SysErrInsufficientFunds\(6\)\]", "send", "--from", new, main, "1000000000")


def epochs_in_a_row(lotus):
    """Returns the first and the last epoch of the longest run of epochs without a null round."""
    listed = re.findall(r"^(\d+): \(", lotus.out("chain", "list", "--count", "30"), re.M)
    best = (0, 0)
    low = high = None
    for epoch in sorted(map(int, listed)):
        low = epoch if low is None or epoch != high + 1 else low
        high = epoch
        best = max(best, (low, high), key=lambda run: run[1] - run[0])
    assert best[1] > best[0], f"every second epoch is a null round: {listed}"
    return best


def chain(lotus, folder, main, message):
    head = lotus.out("chain", "head").splitlines()[0]
    height = int(lotus.out("chain", "head", "--height"))
    lotus.shows(r'"Miner": "[ft]0100', "chain", "get-block", head)
    lotus.shows(r'"ParentWeight"', "chain", "get-block", "--raw", head)
    lotus.shows(r"^90", "chain", "read-obj", head)
    state = json.loads(lotus.out("chain", "get-block", "--raw", head))["ParentStateRoot"]["/"]
    lotus.shows(r"^Links: \d+\nSize:", "chain", "stat-obj", state)
    lotus.shows(r"^Links: 0\nSize: 0 B", "chain", "stat-obj", "--base", state, state)
    lotus.fails(r"removes no single block", "chain", "delete-obj", "--really-do-it", head)
    lotus.shows(rf'"From": "{main}"', "chain", "getmessage", message)
    lotus.shows(r"^\d+: \(.*\) \[ ", "chain", "list", "--count", "5")
    lotus.shows(r"tipset:", "chain", "list", "--count", "5", "--gas-stats")
    lotus.shows(r"^\[", "chain", "get", f"/ipfs/{head}")
    lotus.shows(r"^90", "chain", "get", "--as-type", "raw", f"/ipfs/{head}")
    lotus.shows(r'^\[\n\t\{\n\t\t"/": "bafk', "chain", "get", "/pstate/1/@Ha:t01000")
    lotus.shows(r'"CurrentDeadline"', "chain", "get", "/pstate/1/@Ha:t01000/@state")
    # Lotus' bisect fails at null rounds, so it searches between tipsets that follow one another.
    low, high = epochs_in_a_row(lotus)
    lotus.shows(rf"^{low + 1}$", "chain", "bisect", low, high, "1/@Ha:t01000/2", "echo", "true")
    lotus.shows(rf"^\* Testing {high} .*: false", "chain", "bisect", low, high, "1/@Ha:t01000/2", "false")
    lotus.shows(r"^$", "chain", "export", folder / "all.car", seconds=300)
    lotus.shows(r"^$", "chain", "export", "--recent-stateroots", "901", "--skip-old-msgs", folder / "recent.car", seconds=300)
    lotus.shows(r"^$", "chain", "export-range", "--tail", "@5", "--messages", "--receipts", seconds=300)
    lotus.fails(r"exit=\[ErrIllegalArgument\(16\)\]", "chain", "slash-consensus", head, head)
    lotus.shows(r"^1 blocks: \d+", "chain", "gas-price")
    lotus.shows(r"^Total Gas Limit: \d+", "chain", "inspect-usage")
    lotus.shows(r"^By Method:", "chain", "inspect-usage", "--length", "5")
    params = lotus.out("chain", "encode", "params", "t01000", "3", '{"NewWorker":"t01000","NewControlAddrs":["t0101"]}')
    lotus.shows(r'"NewWorker": "[ft]01000"', "chain", "decode", "params", "t01000", "3", params)
    code = json.loads(lotus.out("chain", "get", "/pstate/1/@Ha:t01000"))[0]["/"]
    assert params == lotus.out("chain", "encode", "params", "--to-code", code, "3",
                               '{"NewWorker":"t01000","NewControlAddrs":["t0101"]}')
    lotus.shows(r"dispute is unsuccessful", "chain", "disputer", "dispute", "t01000", "0", "0")
    lotus.keeps_running(r"", "chain", "disputer", "start", seconds=10)
    for words in (["hot"], ["hot-moving"]):
        lotus.fails(r"does not support hot GC", "chain", "prune", *words)
    lotus.fails(r"does not support pruning", "chain", "prune", "compact-cold")
    lotus.shows(r"^$", "chain", "sethead", "--epoch", height - 1)
    lotus.shows(r"^$", "chain", "sethead", head)


def state(lotus, main, message):
    height = int(lotus.out("chain", "head", "--height"))
    lotus.shows(r"^\d+\(\d+ KiB\)$", "state", "power")
    lotus.shows(r"^\d+\(", "state", "power", "t01000")
    lotus.shows(r"^0, bagboea", "state", "sectors", "t01000")
    lotus.shows(r"^0, 0, 0, bagboea", "state", "sectors", "--show-partitions", "t01000")
    lotus.shows(r"^0, bagboea", "state", "active-sectors", "t01000")
    lotus.shows(r"^[ft]01000$", "state", "list-actors")
    lotus.shows(r"^[ft]01000$", "state", "list-miners")
    lotus.shows(r"^[ft]01000 2$", "state", "list-miners", "--sort-by", "num-deals")
    lotus.shows(r"^Exact circulating supply: .* FIL$", "state", "circulating-supply")
    lotus.shows(r"^Vested: ", "state", "circulating-supply", "--vm-supply")
    lotus.shows(r"^SealedCID: +bagboea", "state", "sector", "t01000", "0")
    lotus.shows(r"^Code:\t\tbafk.*storageminer", "state", "get-actor", "t01000")
    lotus.shows(r"^[ft]01000$", "state", "lookup", "t01000")
    lotus.shows(r"^[ft]0\d+$", "state", "lookup", main)
    lotus.shows(r"^" + main + "$", "state", "lookup", "-r", lotus.out("state", "lookup", main))
    lotus.shows(r"^Exit code: 0", "state", "replay", message)
    lotus.shows(r"Total Message Cost", "state", "replay", "--show-trace", "--detailed-gas", message)
    lotus.shows(r"^2 KiB \(2048\)$", "state", "sector-size", "t01000")
    lotus.shows(r'"CurrentDeadline": \d+', "state", "read-state", "t01000")
    lotus.shows(r'"Address": "[ft]1', "state", "read-state", main)
    lotus.shows(rf'"From": "{main}"', "state", "list-messages", "--from", main)
    lotus.shows(rf"^({CID})?$", "state", "list-messages", "--cids", "--to", "t01000")
    lotus.shows(rf"^computed state cid: +{CID}", "state", "--tipset", f"@{height}", "compute-state", "--vm-height",
                height + 1)
    # Without a tipset, Lotus' program asks for the one at the height itself.
    lotus.fails(r"looking for tipset with height greater than start point", "state", "compute-state", "--vm-height",
                height + 100)
    lotus.shows(r"</html>", "state", "compute-state", "--html", "--show-trace")
    lotus.shows(r'^\{"Root":', "state", "compute-state", "--json", "--apply-mpool-messages")
    lotus.shows(r"Exit code: 0\nGas Used: \d+\nReturn:", "state", "call", "t01000", "2")
    lotus.shows(r"^Exit code: 0", "state", "call", "--ret", "raw", "--encoding", "hex", "t01000", "2")
    lotus.shows(r'"PieceSize": 2048', "state", "get-deal", "0")
    lotus.shows(r"^Exit Code: 0$", "state", "search-msg", message)
    lotus.shows(r"^Escrow: ", "state", "market", "balance", main)
    lotus.shows(rf'"/": "{message}"', "state", "exec-trace", message)
    lotus.shows(r"^Network Version: 28$", "state", "network-version")
    lotus.shows(r"^Period Start:", "state", "miner-proving-deadline", "t01000")
    lotus.shows(r"^account +bafk", "state", "actor-cids")
    lotus.fails(r"network version 25 are not known", "state", "actor-cids", "--network-version", "25")


def pool(lotus, main, new):
    # A message with a later nonce stays in the pool until the one before it comes.
    nonce = max(json.loads(line)["Nonce"] for line in
                [json.dumps({"Nonce": int(lotus.out("wallet", "list").split(main)[1].split()[2])})])
    waiting = lotus.out("--force-send", "send", "--from", main, "--nonce", nonce + 5, "--gas-limit", "10000000",
                        "--gas-feecap", "1000000000", "--gas-premium", "100000", new, "1").splitlines()[-1]
    lotus.shows(rf'"/": "{waiting}"', "mpool", "pending")
    lotus.shows(rf'"/": "{waiting}"', "mpool", "pending", "--local")
    lotus.shows(rf"^{waiting}$", "mpool", "pending", "--cids")
    lotus.shows(rf'"/": "{waiting}"', "mpool", "find", "--from", main)
    lotus.shows(rf"new message cid: +{CID}", "mpool", "replace", "--gas-feecap", "2000000000", "--gas-premium", "200000",
                "--gas-limit", "10000000", main, nonce + 5)
    lotus.shows(r'^\{"PriorityAddrs":null,"SizeLimitHigh":30000', "mpool", "config")
    lotus.shows(r"^$", "mpool", "config", json.dumps(
        {"PriorityAddrs": None, "SizeLimitHigh": 30000, "SizeLimitLow": 20000, "ReplaceByFeeRatio": 1.25,
         "PruneCooldown": 60000000000, "GasLimitOverestimation": 1.25}))
    lotus.shows(r"", "mpool", "gas-perf")
    lotus.shows(r"", "mpool", "gas-perf", "--all")
    # By default it walks back 60 tipsets, and fails if there are fewer, here as with a Lotus node.
    lotus.shows(r"total: ", "mpool", "stat", "--basefee-lookback", "10")
    lotus.screen(rf"{main} +[1-9]", "mpool", "manage")
    sub = subprocess.Popen([CLI, "mpool", "sub"], env=lotus.environment, stdin=subprocess.DEVNULL,
                           stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    time.sleep(3)
    # The message above has a gap below it, which `lotus send` would refuse to add to (MpoolCheckPendingMessages).
    lotus.out("send", "--force", "--from", main, new, "1")
    time.sleep(3)
    sub.terminate()
    if b'"Type": 0' not in (told := sub.communicate()[0]):  # api.MpoolAdd
        failures.append(f"mpool sub: {told[:300]}")


def peers(lotus):
    first = lotus.out("net", "peers").splitlines()[0]
    peer, addresses = first.split(", ", 1)
    address = addresses.strip("[]").split()[0] + "/p2p/" + peer
    lotus.shows(r"strata/", "net", "peers", "-a")
    lotus.shows(r'"Protocols":\[', "net", "peers", "-x")
    lotus.shows(r"^Pong received", "net", "ping", "-c", "2", address)
    lotus.shows(r"success", "net", "connect", address)
    lotus.shows(r"^/ip4/127.0.0.1/tcp/\d+/p2p/", "net", "listen")
    lotus.shows(r"^12D3", "net", "id")
    lotus.shows(rf"{peer}", "net", "find-peer", peer)
    lotus.shows(rf"^{peer}, -?[\d.]+", "net", "scores")
    lotus.shows(r'"Score"', "net", "scores", "-x")
    lotus.shows(r"^AutoNAT status: +Unknown", "net", "reachability")
    lotus.shows(r"^Total +[1-9].* [kM]B", "net", "bandwidth")
    lotus.shows(rf"^{peer} +[1-9]", "net", "bandwidth", "--by-peer")
    lotus.shows(r"^/ipfs/id/1.0.0 +[1-9]", "net", "bandwidth", "--by-protocol")
    for scope in ("system", "transient", f"peer:{peer}", "proto:/meshsub/1.1.0", "all"):
        lotus.shows(r"streams in: +\[.*\] \d+/\d+", "net", "stat", scope)
    lotus.fails(r"invalid scope x", "net", "stat", "x")
    lotus.shows(r'"Conns": ?256', "net", "limit", "system")
    lotus.fails(r"cannot be changed", "net", "limit", "--set", "system", '{"Streams":1000}')
    lotus.shows(rf"{peer}", "net", "protect", peer)
    lotus.shows(rf"{peer}", "net", "list-protected")
    lotus.shows(rf"{peer}", "net", "unprotect", peer)
    lotus.shows(r"^$", "net", "block", "add", "ip", "10.1.2.3")
    lotus.shows(r"^$", "net", "block", "add", "subnet", "10.9.1.0/16")
    lotus.shows(r"10\.1\.2\.3(.|\n)*10\.9\.0\.0/16", "net", "block", "list")
    lotus.fails(r"error parsing IP address", "net", "block", "add", "ip", "x")
    lotus.shows(r"^$", "net", "block", "remove", "ip", "10.1.2.3")
    lotus.shows(r"^$", "net", "block", "remove", "subnet", "10.9.1.0/16")
    lotus.shows(r"^$", "net", "block", "add", "peer", peer)
    eventually("the blocked peer is gone", lambda: peer not in lotus.out("net", "peers"))
    lotus.shows(r"^$", "net", "block", "remove", "peer", peer)
    lotus.shows(r"success", "net", "disconnect", peer)


def syncing(lotus):
    head = int(lotus.out("chain", "head", "--height"))
    unknown = "bafy2bzacebwffukx6nuv55h3l6qdmvbnrxqsfntehjmsttwt2rjuv4wnpvahk"
    lotus.shows(r"Stage: complete", "sync", "status")
    lotus.shows(r"Done!", "sync", "wait", seconds=120)
    lotus.shows(r"^$", "sync", "mark-bad", unknown)
    lotus.shows(r"marked bad", "sync", "check-bad", unknown)
    lotus.shows(r"^$", "sync", "unmark-bad", unknown)
    lotus.shows(r"not marked as bad", "sync", "check-bad", unknown)
    lotus.shows(r"^$", "sync", "unmark-bad", "--all")
    lotus.shows(r"^$", "sync", "checkpoint", "--epoch", head - 5)


def access(lotus):
    lotus.shows(r"^ey[\w.-]+$", "auth", "create-token", "--perm", "read")
    lotus.shows(r"^FULLNODE_API_INFO=ey[\w.-]+:/ip4/", "auth", "api-info", "--perm", "admin")
    lotus.shows(r"^Network: ", "info")
    lotus.shows(r"^Sync Epoch: \d+", "status")
    lotus.shows(r"^Sync Epoch: \d+", "status", "--chain")
    lotus.shows(r"^Daemon: ", "version")
    lotus.shows(r"", "wait-api")
    lotus.shows(r"^node$", "log", "list")
    lotus.shows(r"^$", "log", "set-level", "--system", "node", "info")
    lotus.shows(r"", "log", "alerts")
    for words in (["list"], ["add-funds", "t01000", "t0100", "1"], ["settle", "t01000"], ["status", "t01000"],
                  ["status-by-from-to", "t01000", "t0100"], ["collect", "t01000"], ["voucher", "list", "t01000"]):
        lotus.fails(r"payment channels disabled", "paych", *words)


def multisig(lotus, main, new):
    first, second = (lotus.out("wallet", "new", "bls") for _ in range(2))
    for signer in (first, second):  # Lotus' program asks for the ID of a new signer
        landed = lotus.out("send", "--from", main, signer, "0.1").splitlines()[-1]
    lotus.shows(r"^Exit Code: 0$", "state", "wait-msg", landed, seconds=180)
    out = lotus.shows(rf"Created new multisig: +{ADDRESS}", "msig", "create", "--required", "2", "--from", main, "--value",
                      "3", main, new, seconds=240)
    found = re.search(rf"Created new multisig: +({ADDRESS})", out)
    if not found:
        return
    wallet = found.group(1)

    def sends(what, verb, sender, *words):
        lotus.shows(rf"{what}", "msig", "--confidence", "1", verb, "--from", sender, wallet, *words, seconds=240)

    lotus.shows(r"^Balance: 3 FIL", "msig", "inspect", wallet)
    sends(r"Transaction ID: 0", "propose", main, new, "1")
    lotus.shows(r"^Transactions: +1$", "msig", "inspect", wallet)
    sends(r"sent approval in message", "approve", new, "0")
    lotus.shows(r"^Balance: 2 FIL", "msig", "inspect", wallet)
    sends(r"Transaction ID: 1", "propose", main, new, "1")
    sends(r"sent cancel in message", "cancel", main, "1")
    sends(r"sent add proposal in message", "add-propose", main, first)
    sends(r"sent add cancellation in message", "add-cancel", main, "2", first, "false")
    sends(r"sent add proposal in message", "add-propose", main, first)
    sends(r"sent add approval in message", "add-approve", new, main, "3", first, "false")
    lotus.shows(r"^Threshold: 2 / 3$", "msig", "inspect", wallet)
    sends(r"sent swap proposal in message", "swap-propose", main, first, second)
    sends(r"sent swap cancellation in message", "swap-cancel", main, "4", first, second)
    sends(r"sent swap proposal in message", "swap-propose", main, first, second)
    sends(r"sent swap approval in message", "swap-approve", new, main, "5", first, second)
    lotus.shows(rf"{second}", "msig", "inspect", wallet)
    lock = ["1", "1000", "1"]  # from epoch 1 for 1,000 epochs: 1 FIL
    sends(r"sent lock proposal in message", "lock-propose", main, *lock)
    sends(r"sent lock cancellation in message", "lock-cancel", main, "6", *lock)
    sends(r"sent lock proposal in message", "lock-propose", main, *lock)
    sends(r"sent lock approval in message", "lock-approve", new, main, "7", *lock)
    lotus.shows(r"^UnlockDuration: 1000$", "msig", "inspect", "--vesting", wallet)
    lotus.shows(r"^Vested: .* FIL between \d+ and \d+$", "msig", "vested", wallet)
    sends(r"TxnID: 8", "propose-remove", main, second)
    sends(r"sent approval in message", "approve", new, "8")
    sends(r"sent change threshold proposal in message", "propose-threshold", main, "1")
    sends(r"sent approval in message", "approve", new, "9")
    lotus.shows(r"^Threshold: 1 / 2$", "msig", "inspect", wallet)
    lotus.shows(r"^Transactions: +0$", "msig", "inspect", wallet)


def through_gateway(folder, node, token, port):
    """The part of the commands that a gateway serves, through lotus-gateway over WebSocket."""
    listens = "127.0.0.1:" + str(port)
    with open(folder / "gateway.txt", "wb") as log:
        gateway = subprocess.Popen([GATEWAY, "run", "--listen", listens], stdout=log, stderr=subprocess.STDOUT, env=dict(
            os.environ, FULLNODE_API_INFO=f"{token}:{node.replace('http', 'ws', 1)}", LOTUS_PATH=str(folder / "gw")))
    try:
        for scheme in ("ws", "http"):
            lotus = Lotus(folder / "lotus-gw", f"{scheme}://{listens}")
            eventually("the gateway answers", lambda: lotus.run("chain", "head", seconds=20)[0] == 0)
            head = lotus.out("chain", "head").splitlines()[0]
            lotus.shows(r'"ParentWeight"', "chain", "get-block", "--raw", head)
            lotus.shows(r"^\d+: \(.*\) \[ ", "chain", "list", "--count", "3")
            lotus.shows(r"^\d+\(", "state", "power")
            lotus.shows(r"^Code:\t\tbafk", "state", "get-actor", "t01000")
            lotus.shows(r"^[ft]01000$", "state", "lookup", "t01000")
            lotus.shows(r"^Network Version: 28$", "state", "network-version")
            lotus.shows(r'"CurrentDeadline"', "state", "read-state", "t01000")
            lotus.shows(r"^Period Start:", "state", "miner-proving-deadline", "t01000")
            lotus.fails(r"not found|not supported|not implemented", "mpool", "config")
        head = call(f"http://{listens}", "ChainHead")
        assert head == call(f"http://{listens}", "ChainGetTipSet", head["Cids"])
        v2 = subprocess.run(["curl", "-s", "-d", json.dumps(
            {"jsonrpc": "2.0", "id": 1, "method": "Filecoin.ChainGetTipSet", "params": [{"tag": "latest"}]}),
            "-H", "Content-Type: application/json", f"http://{listens}/rpc/v2"], capture_output=True, check=True)
        assert "Cids" in json.loads(v2.stdout)["result"], v2.stdout
    finally:
        gateway.terminate()
        gateway.wait(timeout=60)


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        network = Devnet(sys.argv[1], folder, "--processes")
        try:
            client = folder / "net" / "client"
            token, address = (client / "token").read_text(), (client / "api").read_text().strip()
            lotus = Lotus(folder / "lotus", f"{token}:{address}")
            main_key, new, message = wallets(lotus, folder)
            parts = [lambda: sending(lotus, main_key, new), lambda: state(lotus, main_key, message),
                     lambda: multisig(lotus, main_key, new), lambda: pool(lotus, main_key, new), lambda: peers(lotus),
                     lambda: syncing(lotus), lambda: access(lotus),
                     lambda: chain(lotus, folder, main_key, message)]
            for part in parts:
                part()
            if GATEWAY:
                through_gateway(folder, network.url(), token, free_port())
            exported = subprocess.run([sys.argv[1], "chain", "export", folder / "running.car", "--repo", client,
                                       "--recent-states", "10"], capture_output=True, text=True, check=True).stdout
            assert "from the running node" in exported, exported
            for file in ("running.car", "all.car"):
                shown = subprocess.run([sys.argv[1], "chain", "show", folder / file], capture_output=True, text=True,
                                       check=True).stdout
                assert "head at epoch" in shown, shown
            assert list(client.glob("snapshot_*.car")), "chain export-range wrote no file"
        except BaseException:
            network.give_up()
            raise
        network.stop()
    for failure in failures:
        print(failure)
    print(f"{lotus.commands} commands of Lotus, {len(failures)} not as expected" +
          ("" if GATEWAY else "; no gateway was tried"))
    sys.exit(1 if failures else 0)


main()
