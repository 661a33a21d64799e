"""Files of a run: laying them out, finding what changed, removing them; hostile trees are expected."""

import errno
import os
import stat
import sys

MAX_DEPTH = 32
MAX_ENTRIES = 4_000
MAX_INODES = 20_000
"""Files and directories that a run may have at once: each takes memory that no size counts."""
MAX_OMITTED = 100
PRIVATE = frozenset({".git", ".softhouse", "__pycache__"})
"""Never laid out, never brought back, in whatever case and wherever."""


def make_room(root: str, python: str, uid: int) -> tuple[str, str]:
    """Make `work`, `tmp` and `toolbox` in `root`; returns the working directory and the interpreter.

    The toolbox is an empty virtual environment, so that a program sees no site-packages: only `pyvenv.cfg` and the
    links are needed (https://docs.python.org/3/library/site.html).
    """
    work, toolbox = os.path.join(root, "work"), os.path.join(root, "toolbox")
    for path in (work, os.path.join(root, "tmp")):
        if not os.path.isdir(path):
            os.mkdir(path, 0o700)
            if uid:
                os.chown(path, uid, uid)
    if os.name == "nt":  # links need a privilege there
        return work, python
    binaries = os.path.join(toolbox, "bin")
    os.makedirs(binaries, exist_ok=True)
    with open(os.path.join(toolbox, "pyvenv.cfg"), "w", encoding="utf-8") as config:
        config.write(f"home = {os.path.dirname(python)}\ninclude-system-site-packages = false\n")
    for name in ("python", "python3"):
        os.symlink(python, os.path.join(binaries, name))
    return work, os.path.join(binaries, "python")


def lay_out(work: str, files: list[tuple[str, bytes]]) -> None:
    """Write `files` below `work`."""
    made = {work}
    for path, content in files:
        target = os.path.join(work, *path.split("/"))
        parent = os.path.dirname(target)
        if parent not in made:
            os.makedirs(parent, exist_ok=True)
            made.add(parent)
        with open(target, "xb") as file:
            file.write(content)


def changes(work: str, files: list[tuple[str, bytes]], budget: int) -> list[bytes]:
    """Fields of the reply: how many changed files, path and content of each; how many deleted, each; omitted alike."""
    before = dict(files)
    found: set[str] = set()
    changed: list[bytes] = []
    omitted: list[bytes] = []
    for path, entry in _walk(work):
        found.add(path)
        name = os.fsencode(path)
        content = _content(entry, before.get(path), budget)
        if content is None:
            omitted.append(name)
        elif content != before.get(path):
            budget -= len(content)
            changed += [name, content]
    missing = [path for path in before if path not in found]  # gone, or beyond what the walk goes through
    deleted = [os.fsencode(path) for path in missing if not os.path.lexists(os.path.join(work, path))]
    omitted = omitted[:MAX_OMITTED]
    return [
        b"%d" % (len(changed) // 2),
        *changed,
        b"%d" % len(deleted),
        *deleted,
        b"%d" % len(omitted),
        *omitted,
    ]


def used_bytes(roots: list[str], most: int) -> int:
    """Disk that the files below `roots` take; counting ends once it is more than `most`.

    What can't be counted is taken as more than anything: a directory that can't be listed, too deep, too many files.
    """
    total = 0
    entries = 0
    pending = [(root, 0) for root in roots]
    while pending and total <= most:
        directory, depth = pending.pop()
        try:
            with os.scandir(directory) as scan:
                for entry in scan:
                    entries += 1
                    if entry.is_dir(follow_symlinks=False):
                        pending.append((entry.path, depth + 1))
                    else:
                        total += _blocks(entry)
        except FileNotFoundError:  # removed meanwhile
            continue
        except OSError:
            return sys.maxsize
        if entries > MAX_INODES or depth > 2 * MAX_DEPTH:
            return sys.maxsize
    return total


def _blocks(entry: "os.DirEntry[str]") -> int:
    try:
        return entry.stat(follow_symlinks=False).st_blocks * 512
    except FileNotFoundError:
        return 0


def remove_tree(root: str) -> None:
    """Remove `root`, however deep it is and whatever modes its directories have.

    Not recursive, and each step is relative to a descriptor: a tree made by hostile code can be deeper than a path may
    be long. Nothing runs in it any more.
    """
    if os.name == "nt":  # no descriptors of directories there
        import shutil

        shutil.rmtree(root, ignore_errors=True)
        return
    while True:
        try:
            descriptor = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        except FileNotFoundError:
            return
        blocked = _flatten(descriptor)
        os.close(descriptor)
        if not blocked:
            break
    os.rmdir(root)


def _flatten(descriptor: int) -> bool:
    """Empty one level: files go, directories of the level below are lifted up here. True while something is left."""
    left = False
    os.fchmod(descriptor, 0o700)
    for name in os.listdir(descriptor):
        try:
            os.unlink(name, dir_fd=descriptor)
            continue
        except OSError as error:
            if error.errno not in (errno.EISDIR, errno.EPERM, errno.EACCES):
                raise
        left = _lift(name, descriptor) or left
    return left


def _lift(name: str, descriptor: int) -> bool:
    os.chmod(name, 0o700, dir_fd=descriptor)
    inner = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=descriptor)
    lifted = False
    try:
        for number, below in enumerate(os.listdir(inner)):
            try:
                os.unlink(below, dir_fd=inner)
            except OSError:
                os.chmod(below, 0o700, dir_fd=inner)
                os.rename(below, f"{name[:16]}-{os.urandom(6).hex()}-{number}", src_dir_fd=inner, dst_dir_fd=descriptor)
                lifted = True
    finally:
        os.close(inner)
    os.rmdir(name, dir_fd=descriptor)
    return lifted


def _walk(root: str) -> list[tuple[str, "os.DirEntry[str]"]]:
    entries: list[tuple[str, os.DirEntry[str]]] = []
    pending = [(root, "", 0)]
    while pending and len(entries) < MAX_ENTRIES:
        directory, prefix, depth = pending.pop()
        try:
            with os.scandir(directory) as scan:
                listed = sorted(scan, key=lambda entry: entry.name)
        except OSError:  # gone, unreadable, or deeper than a path may be long
            continue
        for entry in listed:
            if entry.name.casefold() in PRIVATE:
                continue
            path = prefix + entry.name
            if entry.is_dir(follow_symlinks=False):
                if depth < MAX_DEPTH:
                    pending.append((entry.path, path + "/", depth + 1))
            else:
                entries.append((path, entry))
    return entries[:MAX_ENTRIES]


def _content(entry: "os.DirEntry[str]", before: bytes | None, budget: int) -> bytes | None:
    """The bytes of a regular file; None for anything else, and for what is too large."""
    try:
        status = entry.stat(follow_symlinks=False)
        if not stat.S_ISREG(status.st_mode) or (status.st_size > budget and status.st_size != len(before or b"")):
            return None
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        descriptor = os.open(entry.path, flags)
        try:
            content = bytearray()
            while part := os.read(descriptor, 1 << 20):
                content += part
                if len(content) > max(budget, len(before or b"")):
                    return None
            return bytes(content)
        finally:
            os.close(descriptor)
    except OSError:
        return None
