"""What may be found in a workspace: a repository that is hostile, broken, linked to elsewhere, or no git at all."""

import contextlib
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from softhouse.environment.workspace import Workspace
from softhouse.errors import UsageError, WorkspaceError

from .committed import git
from .table import small_run

POSIX = pytest.mark.skipif(os.name == "nt", reason="links and scripts of POSIX")


@POSIX
async def test_nothing_that_lies_in_the_repository_is_run(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = small_run()
    await workspace.commit(table[:3])
    trap = workspace.path / ".softhouse/trap"
    sprung = workspace.path / ".softhouse/sprung"
    trap.write_text(f"#!/bin/sh\necho $0 $@ >> {sprung}\n")
    trap.chmod(0o755)
    hooks = workspace.path / ".git/hooks"
    hooks.mkdir()
    for hook in (
        "pre-commit",
        "post-commit",
        "reference-transaction",
        "post-index-change",
        "pre-auto-gc",
        "post-checkout",
    ):
        (hooks / hook).write_text(trap.read_text())
        (hooks / hook).chmod(0o755)
    (workspace.path / ".git/config").write_text(
        f"""[core]
        repositoryformatversion = 1
        fsmonitor = {trap}
        hooksPath = {hooks}
        pager = {trap}
        sshCommand = {trap}
        alternateRefsCommand = {trap}
        editor = {trap}
[extensions]
        partialClone = evil
[remote "evil"]
        url = ext::{trap}
        uploadpack = {trap}
        promisor = true
[protocol "ext"]
        allow = always
[filter "evil"]
        clean = {trap}
        process = {trap}
        required = true
[log]
        showSignature = true
[gpg]
        program = {trap}
[diff]
        external = {trap}
[alias]
        log = !{trap}
        fast-import = !{trap}
"""
    )
    (workspace.path / ".gitattributes").write_text("* filter=evil diff=evil\n")
    monkeypatch.setenv("GIT_DIR", str(workspace.path / "elsewhere"))
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "core.fsmonitor")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", str(trap))
    monkeypatch.setenv("GIT_TRACE", str(sprung))
    await workspace.commit(table)
    assert await workspace.history.verify(table) == ()
    assert not sprung.exists()
    for name in ("GIT_DIR", "GIT_CONFIG_COUNT", "GIT_TRACE"):
        monkeypatch.delenv(name)
    with contextlib.suppress(subprocess.CalledProcessError):
        git(workspace, "status")
    assert sprung.exists(), "the trap itself works: a git that reads these settings runs it"


def link_away(path: Path, target: Path) -> None:
    if path.exists():
        path.rename(target)
    else:
        target.mkdir()
    path.symlink_to(target)


@POSIX
@pytest.mark.parametrize("part", ["objects", "objects/pack", "refs", "refs/heads", "refs/heads/main", "index", "HEAD"])
async def test_a_repository_that_is_linked_to_elsewhere_is_refused(
    workspace: Workspace, tmp_path: Path, part: str
) -> None:
    await workspace.commit(small_run()[:3])
    link_away(workspace.path / ".git" / part, tmp_path / "elsewhere")
    before = sorted(tmp_path.glob("elsewhere/**/*"))
    with pytest.raises(WorkspaceError) as refused:
        await workspace.history.commit(small_run())
    assert "\n" not in str(refused.value)
    assert sorted(tmp_path.glob("elsewhere/**/*")) == before


def detach(workspace: Workspace) -> None:
    git(workspace, "checkout", "--detach")


def leave(workspace: Workspace) -> None:
    (workspace.path / ".git/HEAD").write_text("ref: refs/heads/../../../outside\n")


def lock(workspace: Workspace) -> None:
    (workspace.path / ".git/refs/heads/main.lock").touch()


def lock_index(workspace: Workspace) -> None:
    (workspace.path / ".git/index.lock").touch()


def damage(workspace: Workspace) -> None:
    for pack in (workspace.path / ".git/objects/pack").glob("*.pack"):
        pack.chmod(0o644)
        pack.write_bytes(b"broken")


def forge(workspace: Workspace) -> None:
    (workspace.path / ".git/refs/heads/main").write_text("--upload-pack=x\n")


@pytest.mark.parametrize(
    ("trouble", "said"),
    [
        (detach, "no branch is checked out in .*; run: git switch main"),
        (leave, "no branch is checked out"),
        (lock, "another git is at work .*main.lock exists.*; wait for it"),
        (lock_index, "git update-index failed .*index.lock"),
        (damage, "git log failed in .*; if .git is broken, move it away"),
        (forge, "not a commit that the house understands"),
    ],
)
async def test_trouble_with_the_repository_is_one_line(
    workspace: Workspace, trouble: Callable[[Workspace], None], said: str
) -> None:
    await workspace.commit(small_run()[:3])
    trouble(workspace)
    with pytest.raises(WorkspaceError, match=said) as refused:
        await workspace.history.commit(small_run())
    assert "\n" not in str(refused.value)


async def test_without_git_there_is_one_line(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setenv("PATH", "")
        assert await workspace.history.commit(small_run()[:3]) == 3  # a first history needs none
        with pytest.raises(UsageError, match="git is needed to go on with the project's history; install it"):
            await workspace.history.commit(small_run())
    assert await workspace.history.commit(small_run()) == 3
    assert "error" not in git(workspace, "fsck")
