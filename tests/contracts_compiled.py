#!/usr/bin/env python3
"""Compiles the contracts of tests/contracts and compares the result with the files there.

contracts_compiled.py FOLDER: npm installs the compiler into FOLDER unless it is there. Without node and npm the test is
skipped (exit code 77).
"""
import shutil
import subprocess
import sys
from pathlib import Path

SKIPPED = 77
HERE = Path(__file__).resolve().parent / "contracts"
folder = Path(sys.argv[1])

if not (shutil.which("node") and shutil.which("npm")):
    print("node and npm are not here, so nothing was compiled")
    sys.exit(SKIPPED)
modules = folder / "node_modules"
if not (modules / "solc").is_dir():
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(HERE / "package.json", folder)
    subprocess.run(["npm", "install", "--no-audit", "--no-fund"], cwd=folder, check=True, timeout=900)
sys.exit(subprocess.run(["node", HERE / "compile.mjs", "--check", modules], check=False).returncode)
