"""Comments and messages avoid phrases that a native reader must read twice, and section banners."""
import re

from checks.tree import prose, sources

NOUNS = "number|length|kind|form|size|order|type|chain|miner|network|format|version|value|spelling|shape|way"
PHRASES = [
    (re.compile(r"(?<![Tt]here )\b(is|are|was|were) no (?!longer|more than|later|less|match|need|room|reason|such)[a-z]"), "say 'is not a'"),
    (re.compile(rf"\banother ({NOUNS})s?\b"), "say 'different' or 'wrong'"),
    (re.compile(r"\b(is|are) none of (a|the)\b"), "say 'is not a'"),
    (re.compile(r"\b[Nn]othing (if|for|where|without|unless)\b|\bor nothing\b"), "an optional is 'empty'"),
    (re.compile(r"\b[Ww]hoever\b|\bby himself\b|\bthe own\b"), "name the subject"),
    (re.compile(r"\bof the future\b"), "say 'in the future'"),
    (re.compile(r"\bever other\b|\bso many\b"), "say what is meant"),
    (re.compile(r"^//+ (What|Of|Whose|Nothing|None) (?!if|can)", re.M), "begin with a subject and a verb"),
    (re.compile(r"\b(for now|temporarily|was changed|used to be|no longer needed|previously)\b"), "comments tell no history"),
]
BANNER = re.compile(r"^//+ ?[-=─━*#]{4,}|[-=─━]{8,}$")


def comment_blocks(text):
    """Yields comments joined over adjacent lines, and each string alone."""
    block, start, last = [], 0, -2
    for line, kind, token in prose(text):
        if kind == "comment" and line == last + 1 and block:
            block.append(token.lstrip("/ "))
            last = line
            continue
        if block:
            yield start, " ".join(block)
            block = []
        if kind == "comment":
            block, start, last = [token], line, line
        else:
            yield line, token
    if block:
        yield start, " ".join(block)


def problems(root):
    found = []
    for path in sources(root):
        text = path.read_text()
        name = path.relative_to(root)
        for line, words in comment_blocks(text):
            for pattern, advice in PHRASES:
                for match in pattern.finditer(words):
                    found.append(f"{name}:{line}: '{match.group().strip()}': {advice}")
        for line, kind, token in prose(text):
            if kind == "comment" and BANNER.search(token):
                found.append(f"{name}:{line}: a section banner; name the file or the function instead")
    return found
