"""Every source is formatted as .clang-format says."""
import shutil
import subprocess

from checks.tree import sources


def problems(root):
    formatter = shutil.which("clang-format-19")
    if not formatter:
        return ["clang-format-19 is not installed; run tools/install_dependencies.sh"]
    files = [str(path) for path in sources(root)]
    halves = [files[0::2], files[1::2]]
    running = [subprocess.Popen([formatter, "--dry-run", "-Werror", *half], stderr=subprocess.PIPE, text=True)
               for half in halves]
    found = set()
    for process in running:
        for line in process.communicate()[1].splitlines():
            if "clang-format-violations" in line:
                found.add(line.split(":")[0])
    return [f"{name} is not formatted; run clang-format-19 -i on it" for name in sorted(found)]
