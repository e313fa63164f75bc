#!/usr/bin/env python3
"""Asks Lotus and Strata the same questions about a chain that Lotus made, and compares the JSON of the answers.

lotus_answers.py STRATA; STRATA_LOTUS, STRATA_VECTORS and STRATA_BUNDLES as for lotus_beside.py, STRATA_KEEP a folder for
logs, repositories and the differences that stays. Lotus imports `lotus-devnet/long` and executes it; Strata fetches it
from Lotus and executes it, too. The questions follow from the chain: every kind of message, many heights, all actors.
"""
import contextlib
import json
import os
import subprocess
import sys
from collections import Counter

sys.dont_write_bytecode = True
from lotus_programs import LOTUS, Lotus, Strata, VECTORS, new_network, skip_without_programs, start, unpacked  # noqa: E402
from lotus_explained import explained  # noqa: E402
from lotus_questions import questions  # noqa: E402
from running_node import eventually  # noqa: E402


def lotus_with_chain(stack, network):
    """A Lotus that has executed the recorded chain and indexed it."""
    chain = unpacked("chain.car.zst", network.folder / "chain.car")
    unpacked("genesis.car.zst", network.genesis)
    env = {**os.environ, **network.lotus_env(), "LOTUS_PATH": str(network.folder / "lotus")}
    with open(network.folder / "import.log", "wb") as log:
        subprocess.run([LOTUS, "daemon", "--bootstrap=false", f"--genesis={network.genesis}",
                        f"--import-chain={chain}", "--halt-after-import"], env=env, stdout=log, stderr=log, check=True)
    # Lotus' index cannot begin at genesis, whose parent does not exist.
    os.environ.update({"LOTUS_FEVM_ENABLEETHRPC": "true", "LOTUS_EVENTS_ENABLEACTOREVENTSAPI": "true",
                       "LOTUS_CHAININDEXER_ENABLEINDEXER": "true", "LOTUS_CHAININDEXER_RECONCILEEMPTYINDEX": "true",
                       "LOTUS_CHAININDEXER_MAXRECONCILETIPSETS": "1380"})
    return start(stack, Lotus(network, "lotus", f"--genesis={network.genesis}"))


def compare(one, other):
    """What kind of pair two replies are."""
    if "error" in one and "error" in other:
        same = all(one["error"].get(part) == other["error"].get(part) for part in ("code", "data"))
        return "both refuse" if same and one["status"] == other["status"] else "refusals differ"
    if "error" in one or "error" in other:
        return "one refuses"
    return "same" if one["result"] == other["result"] else "different"


def main():
    skip_without_programs()
    with contextlib.ExitStack() as stack:
        network = new_network(stack, "answers")
        network.describe(network.described["genesis"])
        lotus = lotus_with_chain(stack, network)
        strata = start(stack, Strata(network, "strata", [lotus.address]))
        head = lotus.call("ChainHead")
        eventually("Strata has Lotus' head", lambda: strata.call("ChainHead")["Cids"] == head["Cids"])
        kinds, unexplained = Counter(), 0
        with open(network.folder / "differences.jsonl", "w") as file:
            for method, params in questions(lotus, network, VECTORS):
                one, other = lotus.ask(method, *params), strata.ask(method, *params)
                kind = compare(one, other)
                if kind not in ("same", "both refuse"):
                    reason = explained(method, params, one, other)
                    unexplained += reason is None
                    file.write(json.dumps({"kind": kind, "method": method, "params": params, "lotus": one, "strata": other,
                                           "explained": reason}) + "\n")
                    kind = reason or f"{kind}, unexplained"
                kinds[kind] += 1
        for kind, count in kinds.most_common():
            print(f"{count:5} {kind}")
        print(f"{sum(kinds.values())} questions; {unexplained} differences without an explanation")
    sys.exit(1 if unexplained else 0)


main()
