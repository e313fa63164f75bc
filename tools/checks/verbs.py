"""The verbs of the program: each has a sentence, the pages for users name each group, and the exit codes are all told.

The tree itself, with the options that verbs share, is looked at by CommandTree of cli_test.
"""
import re

from checks.tree import tracked

EXIT_CODE = re.compile(r"constexpr int k\w+ = (\d+);")
GROUP = re.compile(r'\bapp\.add_subcommand\(\s*"([a-z-]+)"')
EMPTY = re.compile(r'\.(add_option|add_flag|add_subcommand)\((?:[^()]|\([^()]*\))*,\s*""\s*\)')
PAGES = ("docs/guide/first-file.md", "docs/guide/run_node.md", "docs/guide/run_provider.md", "docs/guide/contracts.md", "docs/guide/verbs.md",
         "docs/operating.md", "README.md", "CONTRIBUTING.md")


def problems(root):
    found = []
    operating = (root / "docs/operating.md").read_text()
    for code in EXIT_CODE.findall((root / "strata/cli/exit_codes.hpp").read_text()):
        if not re.search(rf"^\| {code} \|", operating, re.M):
            found.append(f"docs/operating.md: the table of exit codes has no row for {code} (strata/cli/exit_codes.hpp)")
    pages = "\n".join((root / page).read_text() for page in PAGES if (root / page).exists())
    for path in tracked(root, "strata/cli/*.cpp"):
        text = path.read_text()
        name = path.relative_to(root)
        for match in EMPTY.finditer(text):
            line = text.count("\n", 0, match.start()) + 1
            found.append(f"{name}:{line}: {match.group(1)} has no sentence")
        for group in GROUP.findall(text):
            if not re.search(rf"\bstrata {group}\b", pages):
                found.append(f"{name}: no page for users names `strata {group}` ({', '.join(PAGES)})")
    return found
