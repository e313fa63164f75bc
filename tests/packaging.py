#!/usr/bin/env python3
"""What runs a node for real: the dashboard asks for metrics that the node has, and with --package the Debian package holds
a program that starts.

packaging.py STRATA [--package BUILD_FOLDER]
"""
import json
import re
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path

sys.dont_write_bytecode = True
from lone_node import Node  # noqa: E402

ROOT = Path(__file__).resolve().parent.parent
# These come with a provider, with the first failure, and with the first look at the peers.
LATER = {"strata_sectors", "strata_sealing_seconds_bucket", "strata_sealing_seconds_sum", "strata_sealing_seconds_count", "strata_blocks_made_total", "strata_failures_total", "strata_peer_window_bytes"}


def check_dashboard(folder):
    board = json.loads((ROOT / "packaging/grafana.json").read_text())
    asked = {name for panel in board["panels"] for target in panel["targets"]
             for name in re.findall(r"\bstrata_\w+", target["expr"])}
    node = Node(folder / "repo")
    with urllib.request.urlopen(node.url() + "/metrics", timeout=60) as answer:
        served = set(re.findall(r"^(strata_\w+)", answer.read().decode(), re.MULTILINE))
    described = {re.sub("_(bucket|sum|count)$", "", name) for name in served} | served
    node.stop()
    missing = asked - described - LATER
    assert not missing, f"the dashboard asks for {sorted(missing)}, which the node does not serve"
    print(f"{len(asked)} metrics of the dashboard: good", flush=True)


def check_package(build, folder):
    subprocess.run(["cpack", "-G", "DEB", "-B", folder], cwd=build, check=True, stdout=subprocess.DEVNULL)
    package = next(folder.glob("*.deb"))
    fields = subprocess.run(["dpkg-deb", "-f", package], check=True, capture_output=True, text=True).stdout
    assert re.search(r"^Depends: .*libsodium23", fields, re.MULTILINE), fields
    subprocess.run(["dpkg-deb", "-x", package, folder / "root"], check=True)
    told = subprocess.run([folder / "root/usr/bin/strata", "--version"], check=True, capture_output=True, text=True)
    assert told.stdout.startswith("strata "), told.stdout
    for file in ("lib/systemd/system/strata-node.service", "../etc/default/strata-node", "share/man/man1/strata.1",
                 "share/bash-completion/completions/strata", "share/zsh/vendor-completions/_strata"):
        assert (folder / "root/usr" / file).exists(), file
    print(f"{package.name}, {package.stat().st_size >> 20} MiB: good")


def main():
    with tempfile.TemporaryDirectory(prefix="strata-packaging-") as folder:
        if sys.argv[2:3] == ["--package"]:
            check_package(sys.argv[3], Path(folder))
        else:
            check_dashboard(Path(folder))


main()
