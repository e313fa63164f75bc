"""Every #include follows an arrow of tools/layers.txt, and every arrow there is in use."""
import re

from checks.tree import sources

INCLUDE = re.compile(r'^\s*#include\s+[<"]strata/([a-z0-9_]+)/', re.M)


def is_test(path):
    # Several tests share a test_*.hpp.
    return path.name.endswith(("_test.cpp", "_bench.cpp")) or (path.name.startswith("test_") and path.suffix == ".hpp")


def read_arrows(root):
    allowed = {}
    for line in (root / "tools/layers.txt").read_text().splitlines():
        if line and not line.startswith("#"):
            folder, targets = line.split(":")
            allowed[folder] = set(targets.split())
    return allowed


def problems(root):
    allowed = read_arrows(root)
    used = {folder: set() for folder in allowed}
    found = []
    for path in sources(root, ("strata",)):
        folder = path.relative_to(root / "strata").parts[0]
        if folder not in allowed:
            found.append(f"{path.relative_to(root)}: the folder {folder} is not in tools/layers.txt")
            continue
        text = path.read_text()
        for match in INCLUDE.finditer(text):
            target = match.group(1)
            if target == folder or (is_test(path) and target == "testing"):
                continue
            if not is_test(path) or target in allowed[folder]:
                used[folder].add(target)
            if target not in allowed[folder]:
                line = text.count("\n", 0, match.start()) + 1
                found.append(f"{path.relative_to(root)}:{line}: {folder} may not include {target}: tools/layers.txt "
                             "has no such arrow")
    for folder, targets in allowed.items():
        for target in sorted(targets - used[folder]):
            found.append(f"tools/layers.txt: the arrow {folder} -> {target} is not in use; remove it")
    return found
