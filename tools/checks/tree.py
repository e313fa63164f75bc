"""Gives the checks the tracked sources, and their comments and string literals."""
import fnmatch
import os
import re
import subprocess

SOURCE_FOLDERS = ("strata", "apps", "fuzz", "bench")


def walked(root):
    """Yields every file of an unpacked archive, which has no list of tracked files; build folders are left out."""
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders if name not in ("build", ".git")]
        for name in names:
            yield os.path.relpath(os.path.join(folder, name), root)


def tracked(root, *patterns):
    try:
        listed = subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *patterns],
                                cwd=root, capture_output=True, text=True, check=True).stdout.splitlines()
    except (OSError, subprocess.CalledProcessError):  # git is missing, or this is not a checkout of the caller's
        listed = [name for name in sorted(walked(root)) if any(fnmatch.fnmatch(name, pattern) for pattern in patterns)]
    return [root / line for line in listed if (root / line).is_file()]


def sources(root, folders=SOURCE_FOLDERS):
    return tracked(root, *[f"{folder}/*{suffix}" for folder in folders for suffix in (".cpp", ".hpp")])


TOKEN = re.compile(r'//[^\n]*|/\*.*?\*/|R"\(.*?\)"|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])\'', re.S)


def prose(text):
    """Yields (line number, kind, text) of each comment and string literal; kind is 'comment' or 'string'."""
    for match in TOKEN.finditer(text):
        token = match.group()
        if token.startswith("'"):
            continue
        kind = "comment" if token.startswith("/") else "string"
        yield text.count("\n", 0, match.start()) + 1, kind, token


def code(text):
    """Returns the text without comments and string literals; lines keep their numbers."""
    return TOKEN.sub(lambda match: "\n" * match.group().count("\n") + " ", text)
