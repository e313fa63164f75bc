"""Every header compiles alone. The build proves it for a header that its own unit includes first; the others are
compiled here, and ccache keeps the results, so that only changed headers cost time."""
import concurrent.futures
import json
import shutil
import subprocess

from checks.tree import sources


def flags(root):
    """Returns the flags of the release build, without those that belong to one unit."""
    database = root / "build/release/compile_commands.json"
    if not database.exists():
        return None
    # The unit with the most include paths serves every header.
    commands = [entry["command"].split() for entry in json.loads(database.read_text()) if "/strata/" in entry["file"]]
    words = max(commands, key=lambda command: sum(word.startswith(("-I", "-isystem")) for word in command))
    paths = {}
    for command in commands:
        for index, word in enumerate(command):
            if word == "-isystem":
                paths[command[index + 1]] = ["-isystem", command[index + 1]]
            elif word.startswith("-I"):
                paths[word] = [word]
    kept = [word for word in words if word.startswith(("-D", "-W", "-f", "-march", "-std"))]
    return kept + [word for pair in paths.values() for word in pair]


def is_proven_by_build(header, root):
    """Returns whether foo.cpp beside foo.hpp includes foo.hpp before anything else."""
    unit = header.with_suffix(".cpp")
    if not unit.exists():
        return False
    first = next((line for line in unit.read_text().splitlines() if line.startswith("#include")), "")
    return first.split()[1:] == [f"<{header.relative_to(root)}>"]


def problems(root):
    options = flags(root)
    if options is None:
        return ["build/release/compile_commands.json is missing; run cmake --preset release first"]
    launcher = [shutil.which("ccache")] if shutil.which("ccache") else []

    def compile_alone(header, folder):
        unit = folder / (str(header.relative_to(root)).replace("/", "_") + ".cpp")
        unit.write_text(f"#include <{header.relative_to(root)}>\n")
        done = subprocess.run([*launcher, "clang++-19", *options, "-O0", "-g0", "-c", str(unit), "-o", str(unit) + ".o"],
                              cwd=root, capture_output=True, text=True)
        if done.returncode == 0:
            return None
        first = next((line for line in done.stderr.splitlines() if "error" in line), "the compiler failed")
        return f"{header.relative_to(root)} does not compile alone: {first}"

    headers = [path for path in sources(root, ("strata",))
               if path.suffix == ".hpp" and not is_proven_by_build(path, root)]
    folder = root / "build/headers"
    folder.mkdir(parents=True, exist_ok=True)
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        results = pool.map(lambda header: compile_alone(header, folder), headers)
    return [result for result in results if result]
