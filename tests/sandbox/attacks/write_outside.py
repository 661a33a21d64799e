"""Write, link, rename, cut, remove or re-date what lies outside the working directory."""

import json
import os
from collections.abc import Callable
from pathlib import Path

facts = json.loads(Path("facts.json").read_text())
outside, victim = facts["outside"], facts["canary"]


def attempt(name: str, action: Callable[[], object]) -> None:
    try:
        action()
        print("tried", name)
    except OSError as error:
        print("held", name, error.strerror)


def write(path: str, flags: int = os.O_WRONLY | os.O_CREAT) -> None:
    os.write(os.open(path, flags), b"breach")


def through_hard_link() -> None:
    os.link(victim, "hard")
    write("hard", os.O_WRONLY | os.O_TRUNC)


def through_symbolic_link() -> None:
    os.symlink(outside, "out")
    write("out/through-link")


climb = "/".join([".."] * 40)
attempt("absolute", lambda: write(f"{outside}/absolute"))
attempt("dots", lambda: write(f"{climb}{outside}/dots"))
attempt("overwrite", lambda: write(victim, os.O_WRONLY | os.O_TRUNC))
attempt("truncate", lambda: os.truncate(victim, 0))
attempt("unlink", lambda: os.unlink(victim))
attempt("rename out", lambda: os.rename("attack.py", f"{outside}/renamed"))
attempt("rename in", lambda: os.rename(victim, "stolen"))
attempt("hard link", through_hard_link)
attempt("symbolic link", through_symbolic_link)
attempt("mkdir", lambda: os.mkdir(f"{outside}/directory"))
attempt("fifo", lambda: os.mkfifo(f"{outside}/fifo"))
attempt("chmod", lambda: os.chmod(victim, 0))
attempt("utime", lambda: os.utime(victim, (1, 1)))
attempt("xattr", lambda: os.setxattr(victim, "user.breach", b"1"))
for path in facts["places"]:
    try:
        os.open(path, os.O_WRONLY | os.O_CREAT)
        print("BREACH opened", path)
    except OSError as error:
        print("held", path, error.strerror)
