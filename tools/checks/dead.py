"""Every function that a header declares is used by production code, unless the header is for tests."""
import collections
import re

from checks.tree import code, sources

DECLARED = re.compile(r"(?<![.\w>:~])([a-z][a-z0-9_]{2,})\s*\((?=[^;{}]*\)[^;{}]*[;{])")
WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
KEYWORDS = {"alignas", "catch", "decltype", "defined", "for", "if", "noexcept", "operator", "requires", "return",
            "sizeof", "static_assert", "switch", "while", "explicit", "constexpr"}
# Named by the language, a library or a macro rather than by our code.
CALLED_BY_OTHERS = {"begin", "end", "get_return_object", "initial_suspend", "final_suspend", "unhandled_exception",
                    "capability", "guarded_by", "pt_guarded_by", "requires_capability", "locks_excluded",
                    "try_acquire_capability"}

# Kept without a caller, since the rest of their feature exists and is tested; at most ten. The value says who will call them.
WAITING_FOR_A_CALLER = {
    "remove_checkpoint": "a verb for a stopped node; the API of Lotus cannot take a checkpoint back",
    "remove_listener": "a node over strata/net",
}


def is_production(path):
    return not (path.name.endswith(("_test.cpp", "_bench.cpp")) or path.name.startswith("test_")
                or "/testing/" in str(path) or "/fuzz/" in str(path) or "/bench/" in str(path))


def problems(root):
    files = [path for path in sources(root) if is_production(path)]
    texts = {path: code(path.read_text()) for path in files}
    uses = collections.Counter()
    for text in texts.values():
        uses.update(WORD.findall(text))
    found = []
    waiting = set()
    for path, text in texts.items():
        if path.suffix != ".hpp":
            continue
        own = texts.get(path.with_suffix(".cpp"), "")
        for match in DECLARED.finditer(text):
            name = match.group(1)
            if name in KEYWORDS or name in CALLED_BY_OTHERS or name.startswith(("strata_", "blst_")) or uses[name] > 2:
                continue
            # A declaration and a definition are not uses; a second mention in either file is one.
            definitions = len(re.findall(rf"(?:::|^[^\S\n]*[\w:<>,&*\s]*\s){name}\s*\([^;]*?\)[^;]*?\{{", own, re.M))
            if uses[name] <= 1 + min(definitions, 1):
                if name in WAITING_FOR_A_CALLER:
                    waiting.add(name)
                    continue
                line = text.count("\n", 0, match.start()) + 1
                found.append(f"{path.relative_to(root)}:{line}: nothing calls {name}; use it or delete it")
    found += [f"tools/checks/dead.py: {name} has a caller or is gone; take it off the list WAITING_FOR_A_CALLER"
              for name in WAITING_FOR_A_CALLER if name not in waiting]
    return found
