"""The step `data` of the training against its bars.

    python benchmarks/training_data.py near [--documents 20000] [--copies 1000] [--seed 1]
    python benchmarks/training_data.py packages [FOLDER ...]

`near`: documents of lines of the Python library and of installed packages in random order, so that no two are alike,
and copies of some of them with 5 to 20 % of edits of eight kinds. Recall is the share of copies of which one of the
pair is dropped; precision the share of drops that were dropped for the other one of their pair.

`packages`: the whole pipeline over everything installed here (or the folders named), twice: once in one go, with the
time and the peak memory of all processes; once killed (SIGKILL) when half of the documents are made, and started again.
Both must write the same bytes.

Measured on 24 November 2026 on two cores (`near` beside other work):

- near: recall 1.0000, precision 1.0000 (1,000 drops), peak 271 MB of all processes.
- packages, everything installed, on two free cores: 100 s by the clock, 174 s of processor time, peak 452 MB; killed
  after 47 s and gone on with, 53 s and 435 MB more: the same bytes.
"""

import argparse
import gzip
import hashlib
import json
import keyword
import os
import random
import re
import signal
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import psutil  # type: ignore[import-untyped]

NO_FILTERS = """
[data.filters]
min_characters = 0
languages = []
alphabets = []
max_repeated_prose = 1.0
max_repeated_code = 1.0
min_compressed = 0.0
max_symbols_prose = 1.0
max_symbols_code = 1.0
drop_generated = false
max_mean_line = 1000000
max_line = 1000000
parse_python = false
licences = []
"""


# What is done to copies. Each takes a text and the share of it to edit.


def replaced_words(text: str, share: float, chance: random.Random) -> str:
    return _edited_words(text, share, chance, lambda _word: f"word{chance.randrange(10_000)}")


def deleted_words(text: str, share: float, chance: random.Random) -> str:
    return _edited_words(text, share, chance, lambda _word: "")


def inserted_words(text: str, share: float, chance: random.Random) -> str:
    return _edited_words(text, share, chance, lambda word: f"{word} new{chance.randrange(10_000)}")


def _edited_words(text: str, share: float, chance: random.Random, edit: Callable[[str], str]) -> str:
    parts = re.split(r"(\s+)", text)
    words = [place for place in range(0, len(parts), 2) if parts[place]]
    for place in chance.sample(words, int(share * len(words))):
        parts[place] = edit(parts[place])
    return "".join(parts)


def replaced_lines(text: str, share: float, chance: random.Random) -> str:
    return _edited_lines(text, share, chance, lambda _line: f"value = compute({chance.randrange(10_000)})\n")


def deleted_lines(text: str, share: float, chance: random.Random) -> str:
    return _edited_lines(text, share, chance, lambda _line: "")


def inserted_lines(text: str, share: float, chance: random.Random) -> str:
    return _edited_lines(text, share, chance, lambda line: f"{line}extra_{chance.randrange(10_000)} = other(1)\n")


def _edited_lines(text: str, share: float, chance: random.Random, edit: Callable[[str], str]) -> str:
    lines = text.splitlines(keepends=True)
    for place in chance.sample(range(len(lines)), int(share * len(lines))):
        lines[place] = edit(lines[place])
    return "".join(lines)


def renamed_identifiers(text: str, share: float, chance: random.Random) -> str:
    names = sorted({name for name in re.findall(r"[A-Za-z_]\w+", text) if not keyword.iskeyword(name)})
    new = {name: f"renamed_{chance.randrange(10_000)}" for name in chance.sample(names, int(share * len(names)))}
    return re.sub(r"[A-Za-z_]\w+", lambda match: new.get(match[0], match[0]), text)


def mixed(text: str, share: float, chance: random.Random) -> str:
    for edit in chance.sample((replaced_words, deleted_words, inserted_words, replaced_lines, deleted_lines), 3):
        text = edit(text, share / 3, chance)
    return text


EDITS = (
    replaced_words,
    deleted_words,
    inserted_words,
    replaced_lines,
    deleted_lines,
    inserted_lines,
    renamed_identifiers,
    mixed,
)


def near(documents: int, copies: int, seed: int) -> None:
    chance = random.Random(seed)
    files = [Path(path) for root in _installed() for path in sorted(Path(root).rglob("*.py"))]
    pool = sorted(
        {
            line
            for path in chance.sample(files, min(3_000, len(files)))
            for line in path.read_text("utf-8", "replace").splitlines()
            if 20 < len(line) < 120
        }
    )
    texts = ["".join(f"{line}\n" for line in chance.sample(pool, chance.randint(8, 120))) for _ in range(documents)]
    rows = [{"id": str(number), "text": text} for number, text in enumerate(texts)]
    edits: dict[str, str] = {}
    for number in chance.sample(range(documents), copies):
        edit, share = chance.choice(EDITS), chance.uniform(0.05, 0.2)
        edits[str(number)] = edit.__name__
        rows.append({"id": f"{number}-copy", "text": edit(texts[number], share, chance)})
    chance.shuffle(rows)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        with (folder / "rows.jsonl").open("w", encoding="utf-8") as file:
            file.writelines(json.dumps(row) + "\n" for row in rows)
        settings = "[data]\ndecontaminate = []\nreplace_secrets = false\nstrip_boilerplate = false\n"
        source = f'[[data.sources]]\nname = "rows"\nkind = "jsonl"\npaths = ["{(folder / "rows.jsonl").as_posix()}"]\n'
        seconds, peak = _run(folder, settings + source + NO_FILTERS)
        with gzip.open(folder / "out/data/dropped.jsonl.gz", "rt", encoding="utf-8") as file:
            drops = [json.loads(line) for line in file]
    found: set[str] = set()
    wrong = 0
    for drop in drops:
        dropped, kept = (name.rpartition(":")[2].removesuffix("-copy") for name in (drop["id"], drop["detail"]))
        if dropped == kept:
            found.add(dropped)
        else:
            wrong += 1
            print(f"wrong: {drop['id']}: {drop['detail']}")
    missed = Counter(edit for number, edit in edits.items() if number not in found)
    print(
        f"{documents:,} documents, {copies:,} planted copies, seed {seed}: {seconds:.0f} s, peak {peak / 1e6:,.0f} MB"
    )
    print(f"recall {len(found) / copies:.4f} (missed: {dict(missed) or 'none'})")
    print(f"precision {1 - wrong / max(1, len(drops)):.4f} ({len(drops):,} drops, {wrong} of them wrong)")


def packages(folders: Sequence[str]) -> None:
    stdlib = sysconfig.get_path("stdlib")
    lists = [
        f'[[data.sources]]\nname = "part{number}"\nkind = "{"code" if folder == stdlib else "packages"}"\n'
        f"paths = [{json.dumps(folder)}]\n" + ('licence = "PSF-2.0"\n' if folder == stdlib else "")
        for number, folder in enumerate(folders)
    ]
    configuration = "\n".join(lists)
    with tempfile.TemporaryDirectory() as scratch:
        whole, broken = Path(scratch) / "whole", Path(scratch) / "broken"
        seconds, peak = _run(whole, configuration)
        manifest = json.loads((whole / "out/data/manifest.json").read_text(encoding="utf-8"))
        print(json.dumps(manifest["numbers"], indent=2))
        print(f"in one go: {seconds:.0f} s, peak {peak / 1e6:,.0f} MB of all processes")
        load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
        print(f"{_processor_seconds():.0f} s of processor time; load of the machine: {load}")
        killed_after, _ = _run(broken, configuration, kill_at=0.5)
        seconds, peak = _run(broken, configuration)
        print(f"killed after {killed_after:.0f} s; then {seconds:.0f} s, peak {peak / 1e6:,.0f} MB")
        print("the same bytes" if _bytes(whole) == _bytes(broken) else "DIFFERENT BYTES")


def _installed() -> list[str]:
    debian = "/usr/lib/python3/dist-packages"
    places = [sysconfig.get_path("stdlib"), sysconfig.get_path("purelib"), debian]
    return [place for place in places if Path(place).is_dir()]


def _processor_seconds() -> float:
    """Of all commands so far; on a busy machine it says more than the clock does."""
    times = os.times()
    return times.children_user + times.children_system


def _run(folder: Path, configuration: str, kill_at: float | None = None) -> tuple[float, int]:
    """Seconds, and the peak of the summed resident memory of the command's processes."""
    folder.mkdir(exist_ok=True)
    (folder / "data.toml").write_text(configuration, encoding="utf-8")
    command = [sys.executable, "-m", "softhouse.cli", "train", "data", "--config", "data.toml", "--out", "out"]
    start, peak = time.monotonic(), 0
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
        root = psutil.Process(process.pid)
        while process.poll() is None:
            peak = max(peak, _resident(root))
            if kill_at is not None and _share_done(folder / "out/data/work") >= kill_at:
                process.send_signal(signal.SIGKILL)
                process.wait()
                return time.monotonic() - start, peak
            time.sleep(0.1)
    if process.returncode:
        raise SystemExit((folder / "log").read_text(encoding="utf-8"))
    return time.monotonic() - start, peak


def _resident(root: psutil.Process) -> int:
    total = 0
    for process in (root, *root.children(recursive=True)):
        try:
            total += process.memory_info().rss
        except psutil.NoSuchProcess:
            continue
    return total


def _share_done(work: Path) -> float:
    try:
        units = len((work / "units.jsonl").read_text(encoding="utf-8").splitlines())
    except FileNotFoundError:
        return 0.0
    return len(list((work / "units").glob("*[0-9].json"))) / units


def _bytes(folder: Path) -> dict[str, str]:
    files = sorted((folder / "out/data").glob("*.jsonl*"))
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parts = parser.add_subparsers(dest="part", required=True)
    near_part = parts.add_parser("near")
    near_part.add_argument("--documents", type=int, default=20_000)
    near_part.add_argument("--copies", type=int, default=1_000)
    near_part.add_argument("--seed", type=int, default=1)
    packages_part = parts.add_parser("packages")
    packages_part.add_argument("folders", nargs="*")
    arguments = parser.parse_args()
    if arguments.part == "near":
        near(arguments.documents, arguments.copies, arguments.seed)
    else:
        packages(arguments.folders or _installed())


if __name__ == "__main__":
    main()
