"""Every link between the documents leads to a file, and every anchor to a heading."""
import re

from checks.tree import tracked

LINK = re.compile(r"(?<!!)\[[^\]\n]*\]\(([^)\s]+)\)|!\[[^\]\n]*\]\(([^)\s]+)\)")


def anchors(path):
    out = set()
    for heading in re.findall(r"^#+ (.*)$", path.read_text(), re.M):
        plain = re.sub(r"[^\w\- ]", "", heading.strip().lower())
        out.add(plain.replace(" ", "-"))
    return out


def problems(root):
    found = []
    for path in tracked(root, "*.md"):
        for match in LINK.finditer(path.read_text()):
            target = match.group(1) or match.group(2)
            if re.match(r"[a-z]+:", target):
                continue
            name, _, anchor = target.partition("#")
            other = (path.parent / name).resolve() if name else path
            if not other.exists():
                found.append(f"{path.relative_to(root)}: the link names {target}, which does not exist")
            elif anchor and other.suffix == ".md" and anchor not in anchors(other):
                found.append(f"{path.relative_to(root)}: {target} names a heading that does not exist")
    return found
