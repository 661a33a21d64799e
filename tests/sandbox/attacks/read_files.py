"""Read what lies outside: a file that anybody may read, the journal, the home directory, the list of users."""

import json
import os
from pathlib import Path

facts = json.loads(Path("facts.json").read_text())
climb = "/".join([".."] * 40)
os.symlink(facts["canary"], "link")
ways = [
    facts["canary"],
    facts["journal"],
    climb + facts["canary"],
    "link",
    "/proc/self/root" + facts["canary"],
    f"/proc/{facts['pid']}/root" + facts["canary"],
    f"/proc/{facts['pid']}/cwd",
    "/etc/passwd",
    "/etc/shadow",
    "/etc/hostname",
    "/var/log/lastlog",
]
for way in ways:
    try:
        with open(way, "rb") as file:
            print("BREACH read", way, len(file.read()))
    except OSError as error:
        print("held", way, error.strerror)
for directory in (facts["outside"], facts["home"], "/etc", "/var", "/home", "/tmp/.."):
    try:
        seen = set(os.listdir(directory)) & set(facts["belongings"])
        print("BREACH listed" if seen else "held, nothing in", directory, seen)
    except OSError as error:
        print("held", directory, error.strerror)
