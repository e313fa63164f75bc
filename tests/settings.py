#!/usr/bin/env python3
"""A node takes its settings from a file, the environment and the command line, and reads them again on SIGHUP.

settings.py STRATA
"""
import json
import signal
import socket
import sys
import tempfile
import urllib.error
import urllib.request
from pathlib import Path

sys.dont_write_bytecode = True
from lone_node import CHAIN, Node, run  # noqa: E402


def settings_hold_and_change(folder):
    repo = folder / "repo"
    repo.mkdir()
    config = repo / "config.toml"
    config.write_text('[pool]\nhigh = 500\nlow = 400\n[log]\nlevels = "warning"\n[api]\nbatch = 7\n')
    node = Node(repo, STRATA_POOL_LOW="300")
    pool = node.call("MpoolGetConfig")
    # The index is on unless a flag or a public network says otherwise.
    assert (repo / "index.sqlite").exists()
    assert (pool["SizeLimitHigh"], pool["SizeLimitLow"]) == (500, 300), pool

    config.write_text('[pool]\nhigh = 600\n[log]\nlevels = "info"\n[api]\nport = 1\n')
    node.process.send_signal(signal.SIGHUP)
    node.wait_for("the new limit", lambda: node.call("MpoolGetConfig")["SizeLimitHigh"] == 600)
    node.wait_for("the line", lambda: "takes effect at the next start setting=\"api.port\"" in node.log.read_text())

    config.write_text("[pool]\nhigh = 0\n")
    node.process.send_signal(signal.SIGHUP)
    node.wait_for("the refusal", lambda: "pool.high is 0, expected 1 to" in node.log.read_text())
    assert node.call("MpoolGetConfig")["SizeLimitHigh"] == 600
    node.stop()


def limits_change_while_it_runs(folder):
    """Each new limit is met by the next request or connection, and those that cannot change are named."""
    repo = folder / "repo4"
    repo.mkdir()
    config = repo / "config.toml"
    node = Node(repo)
    url = node.url()

    def batch(calls):
        body = json.dumps([{"jsonrpc": "2.0", "id": at, "method": "Filecoin.Version", "params": []} for at in range(calls)])
        try:
            with urllib.request.urlopen(urllib.request.Request(url + "/rpc/v1", body.encode()), timeout=60) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refused:
            return refused.code, refused.read().decode()

    def connections():
        request = urllib.request.Request(url + "/rpc/v1", json.dumps({"jsonrpc": "2.0", "id": 1, "method": "Filecoin.NetLimit",
                                                                      "params": ["system"]}).encode())
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)["result"]["Conns"]

    assert batch(100)[1].count("APIVersion") == 100 and connections() == 256
    config.write_text("[network]\nconnections = 99\ninbound = 50\n[http]\nthreads = 9\n")
    node.process.send_signal(signal.SIGHUP)
    node.wait_for("the limit of connections", lambda: connections() == 99)
    assert 'takes effect at the next start setting="http.threads"' in node.log.read_text(), node.log.read_text()

    config.write_text("[api]\nbatch = 7\n")
    node.process.send_signal(signal.SIGHUP)
    node.wait_for("the limit of calls", lambda: "it has 8 calls, expected at most 7" in batch(8)[1])
    assert batch(7)[1].count("APIVersion") == 7

    config.write_text("[http]\nbody_bytes = 1024\n")
    node.process.send_signal(signal.SIGHUP)
    node.wait_for("the limit of bodies", lambda: batch(100)[0] == 413)
    assert batch(5)[1].count("APIVersion") == 5, "a setting that is left out is as it was before"
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
        for test in (people_are_told, mistakes_are_refused, settings_hold_and_change, limits_change_while_it_runs, the_command_line_comes_last):
            test(Path(folder))
            print(f"{test.__name__}: good", flush=True)


main()
