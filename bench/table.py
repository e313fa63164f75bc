"""Writes the figures of bench/run as Markdown."""
import os
import pathlib
import platform
import re
import subprocess


def load():
    return " ".join(f"{value:.2f}" for value in os.getloadavg())


def _first_line(words):
    try:
        return subprocess.run(words, capture_output=True, text=True, check=False).stdout.splitlines()[0]
    except (OSError, IndexError):
        return "?"


def machine(build):
    """Returns what the figures depend on."""
    info = pathlib.Path("/proc/cpuinfo").read_text()
    name = re.search(r"model name\s*: (.*)", info)
    flags = set(re.search(r"flags\s*: (.*)", info).group(1).split())
    memory = int(re.search(r"MemTotal:\s*(\d+)", pathlib.Path("/proc/meminfo").read_text()).group(1))
    cache = (build / "CMakeCache.txt").read_text()
    compiler = re.search(r"CMAKE_CXX_COMPILER:\w+=(.*)", cache).group(1)
    return {
        "processor": f"{name.group(1) if name else '?'}, {os.cpu_count()} cores",
        "instructions": ", ".join(flag for flag in ["sha_ni", "avx2", "avx512f", "avx512ifma"] if flag in flags),
        "memory": f"{memory / 2**20:.0f} GiB",
        "system": f"{platform.system()} {platform.release()}",
        "compiler": _first_line([compiler, "--version"]),
        "build": re.search(r"CMAKE_BUILD_TYPE:\w+=(.*)", cache).group(1),
        "reference's compiler": _first_line(["rustc", "--version"]),
        "revision": _first_line(["git", "-C", str(build), "rev-parse", "--short", "HEAD"]),
        "load before": load(),
    }


def _number(value):
    if value is None:
        return ""
    if value >= 1000:
        return f"{value:,.0f}"
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


class Section:
    """One table. More is better for rates, less for times. Rows without a figure of ours are left out."""

    def __init__(self, title, unit_is_rate):
        self.title = title
        self.rate = unit_is_rate
        self.rows = []

    def row(self, name, ours, theirs=None, note=""):
        if ours is None:
            return
        ratio = None
        if theirs:
            ratio = ours / theirs if self.rate else theirs / ours
        self.rows.append(f"| {name} | {_number(ours)} | {_number(theirs)} | {f'{ratio:.2f}' if ratio else ''} | {note} |")

    def text(self):
        if not self.rows:
            return []
        return [f"## {self.title}", "", "| | Strata | reference | times as fast | |", "|---|--:|--:|--:|---|", *self.rows, ""]


class Figures:
    def __init__(self, all_figures):
        self.ours = all_figures["ours"]
        self.theirs = all_figures["theirs"]
        self.keys = all_figures["keys"]

    def seconds(self, name):
        row = self.ours.get(name)
        scale = {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1.0}
        return row and row["real_time"] * scale[row["time_unit"]]

    def items(self, name):
        return self.ours.get(name, {}).get("items_per_second")

    def counter(self, name, key):
        return self.ours.get(name, {}).get(key)

    def their(self, *path):
        at = self.theirs
        for key in path:
            at = at.get(key, {}) if isinstance(at, dict) else {}
        return at if isinstance(at, (int, float)) else None


def _labels(f):
    out = Section("Sealing, one thread", False)
    rate = f.items("labels_of_layer")
    label = rate and 1e9 / rate
    limit = f.items("hash_of_label") and 1e9 / f.items("hash_of_label")
    share = f"{100 * limit / label:.0f} % of the limit" if limit and label else ""
    out.row("SDR label, 8 MiB sector, ns", label, f.their("sdr", "layer_2_ns_per_label"), share)
    out.row("its limit: 20 blocks of SHA-256 alone, ns", limit)
    return out


def _rates(f):
    out = Section("Hashes, sums, transforms (a second)", True)
    for arity in [2, 8, 11]:
        out.row(f"Poseidon of {arity}, one thread", f.items(f"poseidon_hashes/{arity}"),
                f.their(f"poseidon_arity_{arity}", "hashes_per_second"))
    for log in [16, 20]:
        ours = f.items(f"msm_g1/{log}/0")
        name = f"msm_g1_2^{log}"
        out.row(f"MSM on G1, 2^{log} points, all cores", ours, f.their(name, "bellperson_points_per_second"))
        out.row("… compared with blst's Pippenger, all cores", ours, f.their(name, "blst_pippenger_all_cores_points_per_second"))
        out.row("… compared with blst's Pippenger, one thread", f.items(f"one thread msm_g1/{log}/0"),
                f.items(f"msm_g1_of_blst/{log}"), "both in our program")
    for log in [20, 22]:
        out.row(f"FFT of 2^{log}, elements", f.items(f"fft/{log}"), f.their(f"fft_2^{log}", "elements_per_second"))
    speed = f.ours.get("comm_p", {}).get("bytes_per_second")
    out.row("CommP, MiB", speed and speed / 2**20, f.their("commp", "mib_per_second"))
    return out


def _keys(f):
    out = Section("Key generation (seconds)", False)
    for name, seconds in f.keys.items():
        out.row(f"{name}", seconds, f.their(f"setup {name}"))
    return out


_STAGES = ["c2 witness", "c2 rows checked", "c2 polynomials", "c2 h", "c2 l", "c2 a", "c2 b"]


def _porep(f, size, number):
    out = Section(f"PoRep of {size}, seconds by stage", False)
    at = f"porep/{number}"
    for stage in ["pc1", "pc2", "c1"]:
        out.row(stage.upper(), f.counter(at, stage), f.their(f"seal_{size}", stage))
    parts = [f.counter(at, stage) for stage in _STAGES]
    if all(part is not None for part in parts):
        out.row("C2", sum(parts), f.their(f"seal_{size}", "c2"))
    for stage, part in zip(_STAGES, parts):
        out.row(f"… {stage.removeprefix('c2 ')}", part)
    for kind, which in [("window", 0), ("winning", 1)]:
        post = f"post/{number}/{which}"
        theirs = f.their(f"{kind}_{size}", "prove_seconds")
        out.row(f"{kind} PoSt, vanilla", f.counter(post, "vanilla"), f.their(f"{kind}_{size}", "vanilla_seconds"))
        out.row(f"{kind} PoSt, proof", f.counter(post, "prove"), theirs)
    return out


def _sealing_alone(f):
    """Sealing of 8 MiB sectors, for runs that made no keys of that size."""
    out = Section("Sealing 8 MiB (seconds)", False)
    out.row("PC1", f.seconds("seal_8MiB/1"), f.their("seal_8MiB", "pc1"))
    out.row("PC2", f.seconds("seal_8MiB/2"), f.their("seal_8MiB", "pc2"))
    return out


def _verify(f, size):
    out = Section("Verification (milliseconds)", False)
    for count in [1, 10, 100]:
        name = "one proof" if count == 1 else f"batch of {count}"
        ours = f.seconds(f"verify_batch/{count}/39")
        batch = f.their(f"seal_{size}", "verify", "batch_ms_by_count", str(count))
        decode = f.their(f"seal_{size}", "verify", "decode_ms")
        theirs = batch + count * decode if batch is not None else None
        out.row(f"{name}, 40 inputs", ours and ours * 1e3, theirs, "from bytes")
    for count in [1, 10, 100]:
        ours = f.seconds(f"verify_batch/{count}/327")
        out.row(f"{count} of a 32 GiB PoRep's partitions, 328 inputs", ours and ours * 1e3)
    return out


def _state(f):
    out = Section("State, messages, blocks (a second)", True)
    out.row("messages: transfers", f.items("transfers"), None, "1,000 and the flush of the state")
    out.row("messages: transfers that make an account", f.items("transfers_to_new_accounts"))
    out.row("messages: a multisig's sends", f.items("multisig_sends"))
    for chain, what in [("real", "with WinningPoSt"), ("long", "stub proofs")]:
        out.row(f"blocks validated, {what}", f.items(f"validate/blocks_{chain}"), None,
                f"`lotus-devnet/{chain}`: all rules and execution")
        out.row(f"… the rules alone, {what}", f.items(f"validate/headers_{chain}"))
    return out


def _disk(f):
    """The bytes of a chain's store, without the database's log."""
    epochs = f.counter("disk/5", "epochs")
    out = Section(f"Disk after {_number(epochs)} epochs (MiB)", False)
    kept = f"{_number(epochs and epochs / 5)} epochs keep their states"
    out.row("live: the chain, and each block of the kept states once", f.counter("disk/5", "live_MiB"), None, kept)
    out.row("old states collected, at the end", f.counter("disk/5", "end_MiB"), None, kept)
    out.row("… the most at any time", f.counter("disk/5", "highest_MiB"), None, "during a collection")
    out.row("everything kept", f.counter("disk/0", "end_MiB"))
    return out


def _vm(f, theirs):
    """Recorded messages, as both programs count them: execution alone, warm, one thread."""
    out = Section("VM: recorded messages a second, one thread", True)
    out.row("nv18, WASM", f.items("messages/nv18/wasm"), theirs.get("messages", {}).get("per_second"))
    names = sorted({name.split("/")[1] for name in f.ours if name.startswith("sequence/")})
    for name in names:
        rate = theirs.get(name, {}).get("per_second")
        for how, label in [("wasm", "WASM"), ("native", "native")]:
            gas = f.counter(f"sequence/{name}/{how}", "gas_per_second")
            out.row(f"{name}, {label}", f.items(f"sequence/{name}/{how}"), rate,
                    f"{gas / 1e9:.1f} Ggas a second" if gas else "")
    return out


def _vm_times(f, theirs):
    out = Section("VM: microseconds", False)
    steps = theirs.get("steps", {})
    out.row("a call that does nothing", f.counter("sequence/limits-1/wasm", "empty_call_us"), steps.get("return nothing"),
            "`limits-1`: one instance")
    out.row("1,024 calls in one another", f.counter("sequence/limits-1/wasm", "deep_call_us"),
            steps.get("calls between actors, to the depth limit"), "`limits-1`")
    for name in ["miner-1", "devnet-1"]:
        for how, label in [("wasm", "WASM"), ("native", "native")]:
            out.row(f"cron of an epoch, {name}, {label}", f.counter(f"sequence/{name}/{how}", "cron_us_each"),
                    theirs.get(name, {}).get("cron_us_each"))
    return out


def _collections(f, theirs):
    out = Section("HAMT and AMT: entries a second", True)
    for kind, note in [("HAMT set", "100,000 values of 40 bytes"), ("HAMT flush", "all are new"),
                       ("HAMT get cold", "nodes come from the store"), ("HAMT get warm", ""),
                       ("HAMT set and flush", "one of 100,000 each time"), ("AMT set", ""), ("AMT flush", ""),
                       ("AMT get cold", ""), ("AMT get warm", "the reference returns a reference, we copy")]:
        name = kind.lower()
        out.row(kind, f.items(name.replace(" ", "_")), theirs.get("collections", {}).get(name), note)
    return out


def _vm_start(f, theirs):
    out = Section("VM: before the first message", True)
    speed = f.ours.get("instrument_miner", {}).get("bytes_per_second")
    out.row("instrumentation, MiB a second", speed and speed / 2**20, theirs.get("instrument", {}).get("mib_per_second"))
    out.row("compilation of the bundle v18, MiB a second",
            f.ours.get("compile_bundle", {}).get("bytes_per_second", 0) / 2**20 or None, None,
            f"{f.seconds('compile_bundle') or 0:.1f} s, all cores, kept on disk after that")
    out.row("resident memory after 1,024 calls in one another, MiB", f.counter("sequence/limits-1/wasm", "resident_MiB"))
    return out


_INTRODUCTION = """# Performance

Measured by one command, with nothing else running:

    STRATA_ORACLE=PATH STRATA_ORACLE_FVM=PATH STRATA_BUNDLES=FOLDER bench/run --out docs/performance.md

The PATHs are the programs of `../shared/oracle/proofs` and `../shared/oracle/fvm`, built as their READMEs say: the
reference implementation's crates, which ran right after ours and with the keys that ours had made. "Times as
fast" is more than 1 where Strata is faster.
"""


def page(figures):
    f = Figures(figures)
    sizes = figures["sectors"]
    sections = [_labels(f), _rates(f), _keys(f)]
    sections += [_porep(f, size, {"2KiB": 5, "8MiB": 6}[size]) for size in sizes]
    if "8MiB" not in sizes:
        sections.append(_sealing_alone(f))
    theirs = figures["their vm"]
    sections += [_verify(f, sizes[0]), _state(f), _disk(f), _vm(f, theirs), _vm_times(f, theirs), _vm_start(f, theirs), _collections(f, theirs)]
    lines = [_INTRODUCTION, "| | |", "|---|---|"]
    lines += [f"| {name} | {value} |" for name, value in figures["machine"].items()]
    lines += [f"| whole run | {figures['seconds']} s |", ""]
    for section in sections:
        lines += section.text()
    return "\n".join(lines)
