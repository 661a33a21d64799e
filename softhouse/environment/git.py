"""Git, kept on a short lead.

A repository can make git run programs: hooks, `core.fsmonitor`, filters, aliases, signing, remote helpers that fetch a
missing object. So no git that the house starts ever reads a workspace's own `.git/config`, its hooks or the user's and
the system's settings, whether the house made that `.git` or found it there. Each works with a throw-away git directory
(gitrepository-layout(5)) that holds nothing, and settings of its own; of the workspace's `.git` it is lent the objects
and the index, which hold data only, and the branch is read and moved here. No git looks at the working tree either.
An existing `.git` is hence never trusted: it is only understood, or refused in one line.

Objects are not forced to the disk: the journal is, and a history that a power failure broke is made again from it,
once the broken `.git` is moved away.
"""

import hashlib
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from softhouse.environment.git_objects import Folder, Objects
from softhouse.environment.workspace_files import WorkspaceFiles, is_plain_folder, unwritable
from softhouse.errors import UsageError, WorkspaceError

_BRANCH = re.compile(r"ref: (refs/heads/[^\x00-\x20\x7f~^:?*\[\\]+)\s*")
_COMMIT = re.compile(r"[0-9a-f]{40}")
_SETTINGS = ("core.bare=true", "core.quotePath=false", "core.fsync=none")


class Repository:
    """The git repository in the folder `root`, for a `with` block; its methods block and raise `WorkspaceError`."""

    def __init__(self, root: Path) -> None:
        self._git = root / ".git"
        self._scratch = root / ".softhouse"
        self._files = WorkspaceFiles(self._git, self._scratch)
        self._lead: tempfile.TemporaryDirectory[str] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._lead is not None:
            self._lead.cleanup()

    @property
    def exists(self) -> bool:
        return self._git.exists()

    def create(self) -> None:
        """Make an empty repository with the branch `main`, as `git init` does, without a process and without hooks."""
        fresh = self._scratch / "git-new"
        try:
            shutil.rmtree(fresh, ignore_errors=True)
            for name in ("objects/pack", "refs/heads"):
                (fresh / name).mkdir(parents=True)
            (fresh / "HEAD").write_bytes(b"ref: refs/heads/main\n")
            (fresh / "config").write_text(_settings(fresh), "utf-8", newline="\n")
            fresh.rename(self._git)
        except OSError as error:
            raise unwritable(self._git, error) from None

    def branch(self) -> str:
        """The full name of the branch that is checked out."""
        head = (self._files.read("HEAD") or b"").decode(errors="replace")
        branch = _BRANCH.fullmatch(head)
        if branch is None or not {"", ".", ".."}.isdisjoint(branch[1].split("/")):
            raise WorkspaceError(f"no branch is checked out in {self._git.parent}; run: git switch main")
        return branch[1]

    def tip(self, branch: str) -> str | None:
        """The commit that `branch` points at; None before the first one."""
        commit = (self._files.read(branch) or b"").decode(errors="replace").strip()
        if not commit:
            packed = (self._files.read("packed-refs") or b"").decode(errors="replace").splitlines()
            commit = next((line.split(" ")[0] for line in packed if line.endswith(f" {branch}")), "")
        if commit and not _COMMIT.fullmatch(commit):
            raise WorkspaceError(f"{self._git / branch} is not a commit that the house understands; move .git away")
        return commit or None

    def move(self, branch: str, old: str | None, new: str) -> None:
        """Let `branch` point at `new` if it still points at `old`; git's own lock file keeps others out meanwhile."""
        lock = self._git / f"{branch}.lock"
        try:
            lock.parent.mkdir(parents=True, exist_ok=True)
            with lock.open("xb") as file:
                file.write(f"{new}\n".encode())
        except FileExistsError:
            raise WorkspaceError(f"another git is at work ({lock} exists); wait for it, or delete that file") from None
        except OSError as error:
            raise unwritable(lock, error) from None
        try:
            if self.tip(branch) != old:
                raise WorkspaceError(f"somebody committed to {self._git.parent} just now; run again")
            lock.replace(self._git / branch)
        except OSError as error:
            raise unwritable(self._git / branch, error) from None
        finally:
            lock.unlink(missing_ok=True)

    def folder(self, commit: str) -> Folder:
        """The files of a commit."""
        folder = Folder()
        for entry in self.run("ls-tree", "-r", "-z", commit).decode(errors="surrogateescape").split("\0")[:-1]:
            facts, _, path = entry.partition("\t")
            mode, _, identity = facts.split(" ")
            folder.put(path, mode.encode(), bytes.fromhex(identity))
        return folder

    def keep(self, objects: Objects) -> None:
        """Add new objects, as one pack."""
        self._refuse_links()
        name, pack, index = objects.pack()
        self._files.write(f"objects/pack/pack-{name}.pack", pack)
        self._files.write(f"objects/pack/pack-{name}.idx", index)  # last: from now on the pack counts

    def _refuse_links(self) -> None:
        for folder in (self._git, self._git / "objects", self._git / "objects/pack"):
            with suppress(FileNotFoundError):
                if not is_plain_folder(folder):
                    raise WorkspaceError(f"{folder} is a link; move .git away")
        if (self._git / "index").is_symlink():
            raise WorkspaceError(f"{self._git / 'index'} is a link; delete it")

    def stage(self, blobs: Mapping[str, str | None]) -> None:
        """Set the index entries of these paths to the ids of their contents; None removes one. All others stay."""
        if self._files.read("index") is None:
            entries = {path.encode(): bytes.fromhex(blob) for path, blob in blobs.items() if blob is not None}
            self._files.write("index", _index(entries))
            return
        lines = (f"0 {'0' * 40}\t{p}\n" if blob is None else f"100644 {blob}\t{p}\n" for p, blob in blobs.items())
        self.run("update-index", "--index-info", stdin="".join(lines).encode())

    def run(self, command: str, *arguments: str, stdin: bytes = b"") -> bytes:
        """What a git command prints; it sees the objects and the index of the repository, and nothing else of it."""
        git = shutil.which("git")
        if git is None:
            raise UsageError(
                "git is needed to go on with the project's history; install it (https://git-scm.com) and run again"
            )
        self._refuse_links()
        folder = self._throw_away()
        settings = [word for setting in _SETTINGS for word in ("-c", setting)]
        result = subprocess.run(
            [git, *settings, command, *arguments],
            cwd=folder,
            env=self._environment(folder),
            input=stdin,
            capture_output=True,
            check=False,
        )
        if result.returncode:
            reason = result.stderr.decode(errors="replace").strip().splitlines() or [f"exit {result.returncode}"]
            raise WorkspaceError(
                f"git {command} failed in {self._git.parent} ({reason[0]}); if .git is broken, move it away"
            )
        return result.stdout

    def _throw_away(self) -> str:
        """The git directory that git is given."""
        if self._lead is None:
            self._lead = tempfile.TemporaryDirectory(prefix="softhouse-git-")
            folder = Path(self._lead.name)
            (folder / "refs").mkdir()
            (folder / "HEAD").write_bytes(b"ref: refs/heads/main\n")
        return self._lead.name

    def _environment(self, folder: str) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT", "TEMP", "TMP") if name in os.environ}
        return {
            **kept,
            "GIT_DIR": folder,
            "GIT_OBJECT_DIRECTORY": str(self._git / "objects"),
            "GIT_INDEX_FILE": str(self._git / "index"),
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_NO_LAZY_FETCH": "1",
            "GIT_NO_REPLACE_OBJECTS": "1",
            "GIT_TERMINAL_PROMPT": "0",
            "HOME": folder,
            "LC_ALL": "C",
            "TZ": "UTC",
        }


def _index(blobs: Mapping[bytes, bytes]) -> bytes:
    """A first index, in version 2 of gitformat-index(5); without the files' times, so git looks at them itself."""
    content = b"DIRC" + struct.pack(">LL", 2, len(blobs))
    for path, blob in sorted(blobs.items()):
        entry = struct.pack(">10L20sH", *[0] * 6, 0o100644, *[0] * 3, blob, len(path)) + path
        content += entry + b"\0" * (8 - len(entry) % 8)
    return content + hashlib.sha1(content, usedforsecurity=False).digest()


def _settings(fresh: Path) -> str:
    """What `git init` finds out about the disk, and that nobody may change the ends of lines."""
    plain_modes = os.name == "posix" and not (fresh / "HEAD").stat().st_mode & 0o111
    settings = {
        "repositoryformatversion": "0",
        "filemode": str(plain_modes).lower(),
        "bare": "false",
        "logallrefupdates": "true",
        "autocrlf": "false",
    }
    if (fresh / "hEaD").exists():
        settings["ignorecase"] = "true"
    if sys.platform == "win32":
        settings["symlinks"] = "false"
    if sys.platform == "darwin":
        settings["precomposeunicode"] = "true"
    return "[core]\n" + "".join(f"\t{name} = {value}\n" for name, value in settings.items())
