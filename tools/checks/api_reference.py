"""The API reference of the guide (docs/guide/api.md) is the one that the method tables of the program make.

Names and costs come from `table.add(...)` in strata/api, other names from `table.alias(...)`, permissions from
permissions.cpp, limits from service.hpp, and parameters, results and the line about each method from
docs/guide/api_methods.tsv. tests/guide.py compares the page with what a running node answers to rpc.discover.
"""
import re

PAGE = "docs/guide/api.md"
NOTES = "docs/guide/api_methods.tsv"
GROUPS = [  # heading, prefixes of the names; the first that fits counts
    ("Ethereum", ["Eth", "FilecoinAddressToEth", "Txpool", "Web3", "NetVersion", "NetListening", "NetPeerCount"]),
    ("Chain", ["Chain"]),
    ("State", ["State"]),
    ("Events of actors", ["GetActorEvents", "SubscribeActorEvents"]),
    ("Messages: pool and gas", ["Mpool", "Gas"]),
    ("Wallet", ["Wallet", "HasPassword", "LockWallet", "SetPassword", "UnLockWallet", "ChangePassword"]),
    ("Wallets of several keys", ["Msig"]),
    ("Market and mining", ["Market", "Miner"]),
    ("Peers", ["Net", "ID"]),
    ("Following the chain", ["Sync"]),
    ("The node", ["Auth", "CreateBackup", "Log", "Node", "Closing", "Discover", "Session", "Shutdown", "StartTime", "Version"]),
    ("Refused: payment channels and F3", ["Paych", "F3"]),
]
LIMITS = [  # member of Options in service.hpp, unit, sentence
    ("request_bytes", "bytes", "in one request"),
    ("batch", "calls", "in one batch"),
    ("answer_bytes", "bytes", "in one answer, or in all answers of a batch"),
    ("work", "s", "of work on one request, without waiting"),
    ("socket_calls", "calls", "of one WebSocket connection that are not answered yet"),
    ("channels", "channels", "of one WebSocket connection"),
    ("channel_values", "values", "of a channel that its client has not taken"),
    ("memory", "bytes", "of memory for all requests together"),
]


def sources(root):
    return {path.name: path.read_text() for path in sorted((root / "strata/api").glob("*.cpp")) if "_test" not in path.name}


def limit(text, member):
    """The default of a member, as it is written: a number, a shift, or seconds."""
    found = re.search(rf"\b{member}(?: =|\{{)([^;]*);", text)[1]
    numbers = [int(one.replace("'", "")) for one in re.findall(r"(?<![\w:])\d[\d']*", found)]
    return numbers[0] << numbers[1] if "<<" in found else numbers[0]


def permissions(text):
    out = {}
    for name, listed in re.findall(r"constexpr auto k(Read|Write|Sign|Admin) =(.*?)\}\);", text, re.S):
        for method in re.findall(r'"(\w+)"', listed):
            out[method] = name.lower()
    return out


def methods(root):
    """Returns for each method of the notes a dictionary of what the page shows, and the problems of the notes."""
    files = sources(root)
    all_text = "\n".join(text for name, text in files.items() if name not in ("methods_v0.cpp", "methods_v2.cpp"))
    all_text = re.sub(r"^void add_v0_\w+\(.*?^\}", "", all_text, flags=re.M | re.S)  # the signatures of /rpc/v0
    added = dict(re.findall(r'table\.add\(\s*"(\w+)"([^;]*)\);', all_text))
    aliases = {}
    for alias, name in re.findall(r'table\.alias\(\s*"([\w.]+)",\s*"(\w+)"\)', all_text):
        aliases.setdefault(name, []).append(alias)
    needed = permissions(files["permissions.cpp"])
    out, problems = {}, []
    lines = (root / NOTES).read_text().splitlines()[1:]
    for line in lines:
        name, params, result, purpose = line.split("\t")
        if name not in needed:
            problems.append(f"{NOTES}: {name} is not in strata/api/permissions.cpp")
            continue
        out[name] = {"params": params, "result": result, "purpose": purpose, "needs": needed[name],
                     "cost": (re.findall(r"Cost::(\w+)", added.get(name, "")) or ["cheap"])[0],
                     "aliases": sorted(aliases.get(name, []))}
    refused = set(re.findall(r'"(\w+)"', " ".join(re.findall(r"add<\w+, \d>\((.*?)\);", files["methods_absent.cpp"], re.S))))
    for name in sorted((added.keys() | refused) & needed.keys() - out.keys()):
        problems.append(f"{NOTES}: there is no line for {name}")
    if [line.split("\t")[0] for line in lines] != sorted(out):
        problems.append(f"{NOTES}: the methods must be in ascending order, each once")
    return out, problems


def page(root):
    found, problems = methods(root)
    if problems:
        raise ValueError(problems[0])
    options = (root / "strata/api/service.hpp").read_text()
    out = [
        "# API reference",
        "",
        f"All {len(found)} methods at `/rpc/v1` of a node, made by `tools/api_reference`. A running node",
        "lists them itself:",
        "",
        "```console own-terminal",
        "$ strata devnet up",
        "Running, a block every 4 s; Ctrl-C stops it",
        "```",
        "",
        "```console",
        "$ curl -s http://127.0.0.1:1234/rpc/v1 -H 'Content-Type: application/json' --data "
        "'{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"rpc.discover\",\"params\":[]}'",
        "\"name\":\"Filecoin.ChainHead\"",
        "```",
        "",
        "Every method is called `Filecoin.NAME`; those of Ethereum have their usual name too. Parameters are a list, in this",
        "order; a `?` marks those that may be left out at the end. Types are named as in Lotus. `/rpc/v0` has the signatures of",
        "Lotus' first API, `/rpc/v2` those of its newest ([api.md](../api.md)).",
        "",
        "- **needs**: the permission that the caller's token must have; without a token a caller may `read`. The node's own token",
        "  is the file `token` in its folder; `strata auth token --perm sign` makes one that allows less.",
        "- **cost**: `cheap` calls look up a few things, `expensive` ones grow with the request or the chain, `slow` ones execute",
        "  messages or go through a whole state. Each kind has threads of its own, and a call ends when its client leaves.",
        "",
        "| at most | |",
        "|--:|---|",
    ]
    for member, unit, sentence in LIMITS:
        out.append(f"| {limit(options, member):,} {unit} | {sentence} |")
    left = dict(found)
    for heading, prefixes in GROUPS:
        names = [name for name in left if any(name.startswith(prefix) for prefix in prefixes)]
        out += ["", f"## {heading}", "", "| method | parameters | result | needs | cost | |", "|---|---|---|---|---|---|"]
        for name in names:
            one = left.pop(name)
            shown = "<br>".join([f"`{name}`", *(f"`{alias}`" for alias in one["aliases"])])
            params = "<br>".join(f"`{param}`" for param in one["params"].split(", ") if param)
            result = f"`{one['result']}`" if one["result"] else ""
            out.append(f"| {shown} | {params} | {result} | {one['needs']} | {one['cost']} | {one['purpose']} |")
    if left:
        raise ValueError(f"tools/checks/api_reference.py: {min(left)} belongs to none of GROUPS")
    return "\n".join(out) + "\n"


def problems(root):
    try:
        expected = page(root)
    except ValueError as error:
        return [str(error)]
    path = root / PAGE
    if path.exists() and path.read_text() == expected:
        return []
    return [f"{PAGE} is not what the sources make; run tools/api_reference"]
