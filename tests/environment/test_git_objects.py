"""What we call blobs, trees, commits and packs, git calls so too."""

import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from softhouse.environment.git_objects import FILE, Folder, Objects

names = st.text(st.sampled_from("ab.-0é中"), min_size=1, max_size=3).filter(lambda name: name not in {".", ".."})
paths = st.lists(names, min_size=1, max_size=3).map("/".join)
changes = st.lists(st.tuples(paths, st.one_of(st.none(), st.binary(max_size=300))), min_size=1, max_size=20)


def git(folder: Path, *arguments: str, stdin: bytes = b"") -> str:
    return subprocess.run(
        ["git", *arguments], cwd=folder, input=stdin, check=True, capture_output=True, timeout=60
    ).stdout.decode()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    git(tmp_path, "init", "--quiet")
    return tmp_path


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes)
def test_git_reads_what_was_packed(repository: Path, changes: list[tuple[str, bytes | None]]) -> None:
    objects, folder, files = Objects(), Folder(), dict[str, bytes]()
    commit: list[str] = []
    for path, content in changes:
        if content is None:
            folder.remove(path)
            files.pop(path, None)
        else:
            folder.put(path, FILE, objects.blob(content))
            over = [other for other in files if other.startswith(f"{path}/") or path.startswith(f"{other}/")]
            for other in over:  # a file in place of a folder, or the other way round
                del files[other]
            files[path] = content
        who = "Anna <anna@softhouse.invalid> 1700000000 +0000"
        commit = [objects.commit(objects.tree(folder), commit, who, who, f"{path}\n")]
    _, pack, index = objects.pack()
    name = git(repository, "index-pack", "--strict", "--stdin", stdin=pack).split()[-1]
    packs = repository / ".git/objects/pack"
    assert (packs / f"pack-{name}.idx").read_bytes() == index
    listing = git(repository, "ls-tree", "-r", "-z", "--name-only", commit[0])
    assert set(listing.split("\0")[:-1]) == files.keys()
    for path, content in files.items():
        shown = subprocess.run(
            ["git", "cat-file", "blob", f"{commit[0]}:{path}"], cwd=repository, check=True, capture_output=True
        )
        assert shown.stdout == content
