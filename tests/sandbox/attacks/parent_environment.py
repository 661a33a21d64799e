"""Find a variable of the parent: one's own, of process 1, of anybody whose `/proc` entry opens."""

import json
import os
from pathlib import Path

facts = json.loads(Path("facts.json").read_text())
sources = {"own": repr(dict(os.environ)).encode()}
try:
    names = [name for name in os.listdir("/proc") if name.isdigit()]
except OSError:
    names = ["1", str(os.getppid()), facts["pid"]]
for name in [*names, "self", "thread-self"]:
    for which in ("environ", "cmdline", "maps"):
        try:
            with open(f"/proc/{name}/{which}", "rb") as file:
                sources[f"/proc/{name}/{which}"] = file.read()
        except OSError:
            continue
for name, text in sources.items():
    if facts["secret"].encode() in text or b"SOFTHOUSE_SECRET" in text:
        print("BREACH the secret is in", name)
print("held", len(sources), "sources read")
