#!/usr/bin/env python3
"""Gives snapshots of ours to the readers of other projects, and files that they write to `strata chain show`:
@ipld/car (npm), go-car (Go), and Forest's own code for the index.

snapshot_readers.py STRATA NODE_TEST FOLDER; FOLDER keeps what was installed. STRATA_FOREST_CAR names a program over
Forest's code with the verbs `check FILE` and `write CAR FILE` (blocks and blocks not found as JSON); without it, without
node and npm, or without go, that part is skipped. Ends with 77 if all parts were.
"""
import json
import os
import pathlib
import shutil
import subprocess
import sys

STRATA, NODE_TEST, FOLDER = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3])
GO = shutil.which("go") or ("/usr/local/go/bin/go" if os.path.exists("/usr/local/go/bin/go") else None)

# Each reads a CAR, checks every block against its CID, and writes the same blocks to another file.
JAVASCRIPT = """
import fs from 'node:fs'
import { Readable } from 'node:stream'
import { CarBlockIterator, CarWriter } from '@ipld/car'
import { blake2b256 } from '@multiformats/blake2/blake2b'
const reader = await CarBlockIterator.fromIterable(fs.createReadStream(process.argv[2]))
const { writer, out } = CarWriter.create(await reader.getRoots())
Readable.from(out).pipe(fs.createWriteStream(process.argv[3]))
let blocks = 0
for await (const { cid, bytes } of reader) {
  const digest = await blake2b256.digest(bytes)
  if (Buffer.compare(Buffer.from(digest.bytes), Buffer.from(cid.multihash.bytes)) !== 0) throw new Error(String(cid))
  await writer.put({ cid, bytes })
  blocks += 1
}
await writer.close()
console.log(JSON.stringify({ blocks }))
"""
GOLANG = """
package main

import (
	"context"
	"fmt"
	"io"
	"os"

	carv2 "github.com/ipld/go-car/v2"
	"github.com/ipld/go-car/v2/blockstore"
)

func check(err error) {
	if err != nil {
		panic(err)
	}
}

func main() {
	in, err := os.Open(os.Args[1])
	check(err)
	reader, err := carv2.NewBlockReader(in)
	check(err)
	out, err := blockstore.OpenReadWrite(os.Args[2], reader.Roots)
	check(err)
	blocks := 0
	for {
		block, err := reader.Next()
		if err == io.EOF {
			break
		}
		check(err)
		check(out.Put(context.Background(), block))
		blocks++
	}
	check(out.Finalize())
	fmt.Printf("{\\"blocks\\": %d}\\n", blocks)
}
"""


def call(*words, cwd=None, env=None):
    done = subprocess.run([str(word) for word in words], cwd=cwd, env={**os.environ, **(env or {})},
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, words))} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


def shown(file):
    return json.loads(call(STRATA, "chain", "show", file, "--json"))


def exchange(name, read):
    """Lets the other project read and write each plain snapshot, and compares what both say."""
    for file in ("v1.car", "v2.car"):
        copy = FOLDER / f"{name}-{file}"
        copy.unlink(missing_ok=True)
        theirs = json.loads(read(FOLDER / file, copy))
        ours, back = shown(FOLDER / file), shown(copy)
        assert theirs["blocks"] == ours["blocks"] == back["blocks"], (name, file, theirs, ours, back)
        assert ours["head"] == back["head"] and ours["height"] == back["height"], (name, file)
        print(f"{name}: {file}, {ours['blocks']} blocks read, written and read back")


def with_javascript():
    if not shutil.which("node") or not shutil.which("npm"):
        return "node and npm are not on this machine"
    folder = FOLDER / "javascript"
    folder.mkdir(exist_ok=True)
    (folder / "package.json").write_text('{"type": "module", "private": true}')
    (folder / "read.mjs").write_text(JAVASCRIPT)
    if not (folder / "node_modules" / "@ipld" / "car").exists():
        call("npm", "install", "--silent", "--no-audit", "@ipld/car@5", "@multiformats/blake2@2", cwd=folder)
    exchange("javascript", lambda file, copy: call("node", "read.mjs", file, copy, cwd=folder))
    return None


def with_go():
    if GO is None:
        return "go is not on this machine"
    folder = FOLDER / "go"
    folder.mkdir(exist_ok=True)
    (folder / "main.go").write_text(GOLANG)
    if not (folder / "go.mod").exists():
        call(GO, "mod", "init", "readers", cwd=folder)
        call(GO, "get", "github.com/ipld/go-car/v2@v2.14.2", cwd=folder)
        call(GO, "mod", "tidy", cwd=folder)
    call(GO, "build", "-o", "read", ".", cwd=folder)
    exchange("go", lambda file, copy: call(folder / "read", file, copy))
    return None


def with_forest():
    program = os.environ.get("STRATA_FOREST_CAR")
    if not program:
        return "STRATA_FOREST_CAR names no program"
    file = FOLDER / "indexed.forest.car.zst"
    found = json.loads(call(program, "check", file))
    assert found["not_found"] == 0 and found["blocks"] == shown(file)["blocks"], found
    theirs = FOLDER / "of_forest.forest.car.zst"
    call(program, "write", FOLDER / "v2.car", theirs, "2")
    assert shown(theirs) == {**shown(file), "file_bytes": theirs.stat().st_size}, (shown(theirs), shown(file))
    call(STRATA, "chain", "validate", theirs)
    same = file.read_bytes() == theirs.read_bytes()
    print(f"forest: {found['blocks']} blocks found by its index; its file of the same chain is "
          f"{'equal byte for byte' if same else 'equal in content'}")
    return None


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    call(NODE_TEST, "--gtest_filter=Snapshot.files_for_other_readers", env={"STRATA_SNAPSHOT_OUT": str(FOLDER)})
    ran = 0
    for part in (with_forest, with_javascript, with_go):
        why = part()
        ran += why is None
        if why:
            print(f"{part.__name__} is skipped: {why}")
    return 0 if ran else 77


if __name__ == "__main__":
    sys.exit(main())
