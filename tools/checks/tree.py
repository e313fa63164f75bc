"""What several checks need: the tracked sources, and their comments and string literals."""
import re
import subprocess

SOURCE_FOLDERS = ("strata", "apps", "fuzz", "bench")


def tracked(root, *patterns):
    listed = subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *patterns],
                            cwd=root, capture_output=True, text=True, check=True)
    return [root / line for line in listed.stdout.splitlines() if (root / line).is_file()]


def sources(root, folders=SOURCE_FOLDERS):
    return tracked(root, *[f"{folder}/*{suffix}" for folder in folders for suffix in (".cpp", ".hpp")])


TOKEN = re.compile(r'//[^\n]*|/\*.*?\*/|R"\(.*?\)"|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])\'', re.S)


def prose(text):
    """(line number, kind, text) of each comment and string literal; kind is 'comment' or 'string'."""
    for match in TOKEN.finditer(text):
        token = match.group()
        if token.startswith("'"):
            continue
        kind = "comment" if token.startswith("/") else "string"
        yield text.count("\n", 0, match.start()) + 1, kind, token


def code(text):
    """The text without comments and string literals; lines keep their numbers."""
    return TOKEN.sub(lambda match: "\n" * match.group().count("\n") + " ", text)
