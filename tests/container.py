#!/usr/bin/env python3
"""Builds the Dockerfile without a Docker daemon and starts the program in what comes out, as the user that the file names.
The base image is a Debian that debootstrap makes, and the program is the one that was built already: `make build` inside,
which compiles for an hour, is replaced with its installation. Everything else is the Dockerfile's own.

container.py STRATA FOLDER [--complete]; skips without root, buildah and debootstrap. With --complete the program is
compiled inside. FOLDER keeps the base image. STRATA_HADOLINT names hadolint, which then reads the Dockerfile first.
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

sys.dont_write_bytecode = True
from running_node import free_port  # noqa: E402

SKIPPED = 77
ROOT = Path(__file__).resolve().parent.parent
CHAIN = ROOT / "tests/vectors/lotus-devnet/long"
strata, folder = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
IMAGE = "docker.io/library/debian:12"
PATIENCE = 120  # seconds until the node answers


def buildah(*words, **how):
    kept = ["--storage-driver", "vfs", "--root", folder / "images", "--runroot", folder / "run"]
    ran = subprocess.run(["buildah", *kept, *words], capture_output=True, text=True, check=False, **how)
    assert ran.returncode == 0, f"buildah {words}: {ran.stdout[-3000:]}{ran.stderr[-3000:]}"
    return ran.stdout.strip()


def make_base():
    """A Debian as its image has it, with this machine's way to the packages."""
    if json.loads(buildah("images", "--json") or "[]") and IMAGE in buildah("images", "--format", "{{.Name}}:{{.Tag}}"):
        return
    root = folder / "debian"
    shutil.rmtree(root, ignore_errors=True)
    subprocess.run(["debootstrap", "--variant=minbase", "--include=ca-certificates", "bookworm", root], check=True,
                   stdout=subprocess.DEVNULL)
    (root / "etc/apt/sources.list").write_text("")
    for file in ("sources.list.d/debian.sources", *(f"apt.conf.d/{one.name}" for one in Path("/etc/apt/apt.conf.d").glob("99*"))):
        if (Path("/etc/apt") / file).exists():
            shutil.copy(Path("/etc/apt") / file, root / "etc/apt" / file)
    shutil.rmtree(root / "etc/ssl/certs")
    shutil.copytree("/etc/ssl/certs", root / "etc/ssl/certs", ignore_dangling_symlinks=True)
    made = buildah("from", "scratch")
    buildah("add", made, root, "/")
    buildah("commit", "--quiet", "--rm", made, IMAGE)
    shutil.rmtree(root)


def packages_of(program):
    """The packages with the program's shared libraries on this machine."""
    said = subprocess.run(["ldd", program], check=True, capture_output=True, text=True).stdout
    files = {str(Path(line.split()[2]).resolve()) for line in said.splitlines() if "=> /" in line}
    out = set()
    for file in files:
        for name in (file, file.removeprefix("/usr")):
            found = subprocess.run(["dpkg", "-S", name], capture_output=True, text=True, check=False).stdout
            if found:
                out.add(found.split(":")[0])
                break
    return sorted(out)


def prepared(context):
    """The folder that the Dockerfile copies: here `make build` brings the libraries, and the program is there."""
    made = context / "build/release"
    made.mkdir(parents=True)
    shutil.copy(strata, made / "strata")
    (made / "cmake_install.cmake").write_text(
        'file(INSTALL DESTINATION "${CMAKE_INSTALL_PREFIX}/bin" TYPE EXECUTABLE FILES "${CMAKE_CURRENT_LIST_DIR}/strata")\n')
    (context / "Makefile").write_text(
        ".PHONY: build\nbuild:\n\tapt-get install -y -qq --no-install-recommends cmake " + " ".join(packages_of(strata)) + " >/dev/null\n")
    return context


def starts(image):
    container = buildah("from", "--pull-never", image)
    try:
        def run(*words):
            return buildah("run", "--isolation", "chroot", container, "--", *words)

        assert run("/usr/bin/strata", "--version").startswith("strata ")
        assert run("id", "-u") == "1347", "the program does not run as root"
        config = json.loads(buildah("inspect", "--type", "image", image))["OCIv1"]["config"]
        assert config["Entrypoint"] == ["/usr/bin/strata"] and "/var/lib/strata" in config["Volumes"], config
        port = free_port()
        words = ["buildah", "--storage-driver", "vfs", "--root", folder / "images", "--runroot", folder / "run", "run",
                 "--isolation", "chroot", "--volume", f"{CHAIN}:/network:ro", container, "--", "/usr/bin/strata", "node", "run",
                 "--network", "/network/network.json", "--genesis", "/network/genesis.car.zst", "--actors", "native", "--repo",
                 "/var/lib/strata/node", "--port", str(port)]
        node = subprocess.Popen([str(word) for word in words], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        try:
            end = time.monotonic() + PATIENCE
            while True:
                assert node.poll() is None, node.stderr.read()
                assert time.monotonic() < end, "the node does not answer"
                try:
                    with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/livez", timeout=10) as answer:
                        assert answer.read().strip() == b"alive"
                        break
                except urllib.error.URLError:
                    time.sleep(0.5)
            assert run("/usr/bin/strata", "node", "stop", "--network", "/var/lib/strata/node") == "the node has stopped"
            assert node.wait(timeout=60) == 0
        finally:
            if node.poll() is None:
                node.terminate()
                node.wait(timeout=60)
    finally:
        buildah("rm", container)


def main():
    if os.getuid() != 0 or not (shutil.which("buildah") and shutil.which("debootstrap")):
        print("needs root, buildah and debootstrap")
        return SKIPPED
    if linter := os.environ.get("STRATA_HADOLINT"):
        subprocess.run([linter, ROOT / "Dockerfile"], check=True)
    folder.mkdir(parents=True, exist_ok=True)
    make_base()
    with tempfile.TemporaryDirectory(prefix="strata-container-") as context:
        where = ROOT if sys.argv[3:] == ["--complete"] else prepared(Path(context))
        buildah("bud", "--layers", "--isolation", "chroot", "--pull-never", "--tag", "strata", "--file", ROOT / "Dockerfile", where)
    starts("strata")
    print("the image is built and its program starts: good")
    return 0


sys.exit(main())
