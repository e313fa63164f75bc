"""Every cite of a page of docs/protocol names the page by its path and a section that exists."""
import re

from checks.tree import sources, tracked

BARE = re.compile(r"(?<![/\w])(fvm|node|proofs|storage|nv29)\.md\b")
CITE = re.compile(r"docs/protocol/([a-z0-9]+)\.md((?:(?:,| and| to|;)? ?§+ ?[0-9]+(?:\.[0-9]+)*)*)")
SECTION = re.compile(r"[0-9]+(?:\.[0-9]+)*")
HEADING = re.compile(r"^#{2,4} ([0-9]+(?:\.[0-9]+)*)\b", re.M)
ITEM = re.compile(r"^([0-9]+)\. ", re.M)


def sections_of(text):
    """Returns the numbers of all headings and of the items of numbered lists below them: item 6 of section 18 is 18.6."""
    headings = list(HEADING.finditer(text))
    out = set()
    for heading, following in zip(headings, headings[1:] + [None]):
        number = heading.group(1)
        body = text[heading.end():following.start() if following else len(text)]
        out.add(number)
        out.update(f"{number}.{item}" for item in ITEM.findall(body))
    return out


def problems(root):
    pages = {path.stem: sections_of(path.read_text()) for path in (root / "docs/protocol").glob("*.md")}
    found = []
    files = sources(root) + [path for path in tracked(root, "docs/*.md", "*.py") if "docs/protocol" not in str(path)]
    files = [path for path in files if "tools/checks" not in str(path)]
    for path in files:
        text = path.read_text()
        name = path.relative_to(root)
        for match in BARE.finditer(text):
            line = text.count("\n", 0, match.start()) + 1
            found.append(f"{name}:{line}: {match.group()} is cited without its path; write docs/protocol/{match.group()}")
        for match in CITE.finditer(re.sub(r"\n\s*//+", " ", text)):
            page, sections = match.groups()
            if page not in pages:
                found.append(f"{name}: docs/protocol/{page}.md does not exist")
                continue
            for section in SECTION.findall(sections or ""):
                if section not in pages[page]:
                    found.append(f"{name}: docs/protocol/{page}.md has no section {section}")
    return found
