#!/usr/bin/env python3
"""Runs the verbs that need no node as a person types them: car, pieces, completion, man. What they must say was computed
once with other programs: the CIDs with ipfs-car 3.1.0 (`ipfs-car pack --no-wrap`), the names of pieces with
@web3-storage/data-segment 5.3.0 (Piece.fromPayload), over the files that `content()` makes.

car_verbs.py STRATA; STRATA_IPFS_CAR names the program ipfs-car, which then reads our CARs and writes some for us; STRATA_VECTORS
names the folder of vectors, whose CARs are read too.
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

STRATA = sys.argv[1]
DONE, NO, USAGE = 0, 1, 2
LARGE, SMALL = 2_621_440, 1_000  # two chunks and a half; less than one
ROOTS = {LARGE: "bafybeieugnj5uht6val6wsefmlph53dr755ogtuanuiygpqf75udma6a6q",
         SMALL: "bafkreiht6voekjsikc4eovjtfcp7iovyd6q6wo7xqeth3nsf4hhaygjtpe"}
LEAVES = ["bafkreibwc6dahegotd7djqn3re4c5jysfu5wreagtyyka6ejesjluddxju",
          "bafkreic56epoud3v2eunegy55cwbop2zedikzbqgsizivsejyw47bgy2um",
          "bafkreifohdd2ioskmmolgmvx4qhgo2ohpavzk4533f2v7gf6jdqr3ncf5a"]
PIECES = {LARGE: ("bafkzcibeqcaf4ekgmhkp5sbpme5rdvybex7yagl6ttejnurrcgbzb3anpsl5xktlc4", 4_194_304),
          SMALL: ("bafkzcibccacygphsukvxwyxecz5e3jsyaqr5ziqlygytnpjjjtd3zh5naqdyqhy", 1_024)}


def content(size):
    return bytes(i * 31 % 251 for i in range(size))


def strata(*words, code=DONE, given=b""):
    """Runs the program; returns the bytes that it printed, or what it said if it had to refuse."""
    ran = subprocess.run([STRATA, *map(str, words)], input=given, capture_output=True, timeout=300)
    assert ran.returncode == code, f"strata {' '.join(map(str, words))}: exit code {ran.returncode}, expected {code}\n" \
                                   f"{ran.stdout[:2000]}{ran.stderr.decode()}"
    return ran.stdout if code == DONE else ran.stdout.decode(errors="replace") + ran.stderr.decode()


def told(*words, given=b"", code=DONE):
    return json.loads(strata(*words, "--json", given=given, code=code))


def pieces(folder):
    for size, (name, padded) in PIECES.items():
        file = folder / f"{size}.bin"
        file.write_bytes(content(size))
        said = told("pieces", "commp", file)
        assert said["PieceCIDv2"] == {"/": name} and said["PieceSize"] == padded and said["DataSize"] == size, said
        assert told("pieces", "commp", "-", given=content(size)) == said, "from the standard input"
    assert told("pieces", "commp", folder / f"{SMALL}.bin", "--piece-size", 4096)["PieceSize"] == 4096
    assert "--piece-size 1000" in strata("pieces", "commp", folder / f"{SMALL}.bin", "--piece-size", 1000, code=USAGE)
    assert "there is no such file" in strata("pieces", "commp", folder / "nothing", code=USAGE)
    assert "not a regular file" in strata("pieces", "commp", folder, code=USAGE)


def packs(folder):
    for size, root in ROOTS.items():
        file, car, back = folder / f"{size}.bin", folder / f"{size}.car", folder / f"{size}.back"
        said = told("car", "pack", file, "-o", car)
        assert said["CID"] == {"/": root} and said["CARSize"] == car.stat().st_size, said
        assert said["PieceCID"] == told("pieces", "commp", car)["PieceCID"], "the piece is computed while the CAR is written"
        assert strata("car", "pack", "-", "-o", "-", given=content(size)) == car.read_bytes(), "through pipes"
        assert "this file exists" in strata("car", "pack", file, "-o", car, code=USAGE)
        strata("car", "pack", file, "-o", car, "--force")
        seen = told("car", "verify", car)
        assert seen["Complete"] and seen["Roots"] == [{"/": root}] and seen["Missing"] == [], seen
        strata("car", "get", car, "-o", back)
        assert back.read_bytes() == content(size)
        assert strata("car", "get", "-", root, "-o", "-", given=car.read_bytes()) == content(size)
    listed = told("car", "ls", folder / f"{LARGE}.car")
    assert [one["CID"]["/"] for one in listed] == [ROOTS[LARGE], *LEAVES], "root first"
    assert listed == told("car", "ls", "-", given=(folder / f"{LARGE}.car").read_bytes())
    data = (folder / f"{LARGE}.car").read_bytes()
    for one in listed[1:]:
        assert strata("car", "get", folder / f"{LARGE}.car", one["CID"]["/"], "--block", "-o", "-") == \
            data[one["Offset"]:one["Offset"] + one["Size"]]
    empty = folder / "empty"
    empty.write_bytes(b"")
    strata("car", "pack", empty, "-o", folder / "empty.car")
    assert strata("car", "get", folder / "empty.car", "-o", "-") == b""


def damage(folder):
    """A byte is changed, the end is cut off, a block is left out."""
    data = bytearray((folder / f"{LARGE}.car").read_bytes())
    damaged = folder / "damaged.car"
    damaged.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    assert "does not match its CID" in strata("car", "verify", damaged, code=NO)
    assert "does not match its CID" in strata("car", "get", damaged, "-o", folder / "x", code=NO)
    assert not (folder / "x").exists(), "a file that cannot be complete is not left behind"
    damaged.write_bytes(data[:-1])
    strata("car", "verify", damaged, code=NO)
    last = told("car", "ls", folder / f"{LARGE}.car")[-1]
    head = last["Offset"] - 36 - 3  # before the block are its CID and a length of three bytes
    damaged.write_bytes(data[:head])
    said = strata("car", "verify", damaged, code=NO)
    assert f"missing           {LEAVES[-1]}" in said, said
    assert "not asked" in strata("car", "verify", damaged, "--partial").decode()
    strata("car", "get", damaged, "-o", folder / "x", code=NO)
    damaged.write_bytes(data + bytes(5_000))  # as in a piece
    assert told("car", "verify", damaged)["Complete"]
    damaged.write_bytes(b"this is no CAR")
    strata("car", "ls", damaged, code=NO)
    assert "CID" in strata("car", "get", folder / f"{SMALL}.car", "nonsense", "-o", folder / "x", code=USAGE)


def vectors():
    """The CARs of ipld/ipld's fixtures: what is in them is told in the JSON beside them."""
    folder = Path(os.environ.get("STRATA_VECTORS", "nothing")) / "car"
    for name in ("carv1-basic", "carv2-basic"):
        if not (folder / f"{name}.car").exists():
            print(f"{name}.car is not here")
            continue
        known = json.loads((folder / f"{name}.json").read_text())
        wanted = [(one["cid"]["/"], one["blockLength"]) for one in known["blocks"]]
        found = [(one["CID"]["/"], one["Size"]) for one in told("car", "ls", folder / f"{name}.car")]
        assert found == wanted, name
        roots = told("car", "verify", folder / f"{name}.car", "--partial")["Roots"]
        assert [one["/"] for one in roots] == [one["/"] for one in known["header"]["roots"]], name


def others(folder):
    """ipfs-car reads what we wrote, and we read what it writes, a folder too."""
    program = os.environ.get("STRATA_IPFS_CAR")
    if not program:
        print("STRATA_IPFS_CAR is not set: ipfs-car was not asked")
        return
    def ipfs_car(*words):
        return subprocess.run([program, *map(str, words)], capture_output=True, check=True, text=True, timeout=120).stdout
    car = folder / f"{LARGE}.car"
    assert ipfs_car("roots", car).split() == [ROOTS[LARGE]]
    assert sorted(ipfs_car("blocks", car).split()) == sorted([ROOTS[LARGE], *LEAVES])
    ipfs_car("unpack", car, "-o", folder / "unpacked")
    assert (folder / "unpacked").read_bytes() == content(LARGE)
    tree = folder / "tree"
    (tree / "below").mkdir(parents=True)
    (tree / "below/large").write_bytes(content(LARGE))
    (tree / "small").write_bytes(content(SMALL))
    ipfs_car("pack", tree, "--no-wrap", "-o", folder / "tree.car")
    assert told("car", "verify", folder / "tree.car")["Complete"]
    assert strata("car", "get", folder / "tree.car", "/below/large", "-o", "-") == content(LARGE)
    assert strata("car", "get", folder / "tree.car", "/small", "-o", "-") == content(SMALL)
    assert "is not a file" in strata("car", "get", folder / "tree.car", "/below", "-o", folder / "y", code=NO)


def shells(folder):
    """bash completes verbs and options; zsh and man read what we print, where they are."""
    script = folder / "strata.bash"
    script.write_bytes(strata("completion", "bash"))
    ask = 'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _strata; echo "${COMPREPLY[@]}"'
    def completes(*words):
        return subprocess.run(["bash", "-c", ask, "bash", script, *words], capture_output=True, text=True,
                              check=True).stdout.split()
    assert completes("strata", "wal") == ["wallet"]
    assert {"new", "list", "balance", "market"} <= set(completes("strata", "wallet", ""))
    assert completes("strata", "wallet", "market", "with") == ["withdraw"]
    assert completes("strata", "send", "t01000", "--gas-f") == ["--gas-feecap"]
    assert completes("strata", "--log-level", "debug", "chain", "tip") == ["tipset"]
    (folder / "_strata").write_bytes(strata("completion", "zsh"))
    if shutil.which("zsh"):
        subprocess.run(["zsh", "-n", folder / "_strata"], check=True)
    strata("man", "--folder", folder / "man")
    assert {"strata.1", "strata-wallet.1", "strata-wallet-market-add.1"} <= {one.name for one in (folder / "man").iterdir()}
    page = strata("man", "wallet", "new")
    assert b".SH EXIT STATUS" in page and b"\n130\n" in page
    if shutil.which("groff"):
        for one in sorted((folder / "man").iterdir()):
            ran = subprocess.run(["groff", "-k", "-man", "-Tutf8", "-ww", "-z", one], capture_output=True, text=True, check=True)
            assert not ran.stderr, f"{one.name}: {ran.stderr}"
    assert "there is no verb" in strata("man", "nonsense", code=USAGE)


def names():
    """Lotus' names, and what is said of wrong ones."""
    assert b"strata state actor" in strata("lotus", "state", "get-actor", "--help")
    for words, meant in (("wallet set-defualt t01000", "strata wallet default"), ("state get-actr", "strata state actor"),
                         ("wallet replace", "strata msg replace"), ("mpool pendin", "strata mpool pending")):
        assert f'Did you mean "{meant}"?' in strata(*words.split(), code=USAGE), words


def main():
    with tempfile.TemporaryDirectory(prefix="strata-car-") as folder:
        for part in (pieces, packs, damage, others, shells):
            part(Path(folder))
            print(part.__name__, "done", flush=True)
        vectors()
        names()
    print("all verbs did what they say")


main()
