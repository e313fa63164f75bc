"""Every thread_local variable has an initial value that is not zero, so that it is in .tdata.

mold 1.10 begins the read-only part of a program whose first section is .tbss on a page that may not be mapped: whether
the program starts then depends on its size.
"""
import re

from checks.tree import code, sources

DECLARED = re.compile(r"\bthread_local\b([^;]*);")
NOT_ZERO = re.compile(r"=\s*(true|[1-9][0-9\']*|\{[^}]*=\s*true\b[^}]*\})\s*$")


def problems(root):
    found = []
    for path in sources(root):
        text = code(path.read_text())
        for match in DECLARED.finditer(text):
            if not NOT_ZERO.search(match.group(1)):
                line = text.count("\n", 0, match.start()) + 1
                found.append(f"{path.relative_to(root)}:{line}: a thread_local variable begins as zero; invert its "
                             "meaning, so that it begins as true or 1")
    return found
