"""Asks running nodes, for the tests of whole networks."""
import json
import time
import urllib.request

PATIENCE = 300  # seconds until something that must happen counts as failed; far more than a slow machine needs


def call(url, method, *params, token=None):
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": f"Filecoin.{method}", "params": params}).encode()
    request = urllib.request.Request(url + "/rpc/v1", body, {"Content-Type": "application/json"})
    if token:
        request.add_header("Authorization", "Bearer " + token)
    with urllib.request.urlopen(request, timeout=60) as answer:
        reply = json.load(answer)
    if "error" in reply:
        raise AssertionError(f"{method}: {reply['error']}")
    return reply["result"]


def eventually(what, ask):
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        found = ask()
        if found:
            return found
        time.sleep(0.2)
    raise AssertionError(f"{what}: did not happen within {PATIENCE} seconds")
