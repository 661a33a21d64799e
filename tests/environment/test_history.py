import asyncio
import itertools
from collections.abc import Sequence
from pathlib import Path

import pytest

from softhouse.environment import history
from softhouse.environment.documents import Requirement, SourceFile
from softhouse.environment.git import Repository
from softhouse.environment.history import Difference, canonical_order
from softhouse.environment.message import USER, Message
from softhouse.environment.rendering import projection
from softhouse.environment.workspace import Workspace

from .committed import git, log
from .table import message, requirements, small_run


def files(workspace: Workspace) -> dict[str, str]:
    """The last commit's files."""
    names = git(workspace, "ls-tree", "-r", "--name-only", "HEAD").splitlines()
    return {name: git(workspace, "show", f"HEAD:{name}") for name in names}


def expected(table: Sequence[Message]) -> dict[str, str]:
    return {path: content.strip() for path, content in projection(table).items()}


async def test_there_is_one_commit_for_each_document(workspace: Workspace) -> None:
    table = small_run()
    assert await workspace.commit(table, {m.id: 1_700_000_000 + n for n, m in enumerate(table)}) == ()
    assert log(workspace) == [
        "User: Requirement: Write a todo list.",
        "Product manager: Product requirements: Todo",
        "Architect: Design: Two files.",
        "Engineer: Source: app/store.py",
        "Engineer: Source: main.py",
        "Director: Delivery: Works.",
    ]
    assert log(workspace, "%(trailers:key=Softhouse-Message,valueonly,separator=)") == [m.id for m in table]
    assert log(workspace, "%at %ct") == [f"{1_700_000_000 + n} {1_700_000_000 + n}" for n in range(6)]
    assert log(workspace, "%ae")[1] == "product-manager@softhouse.invalid"
    assert git(workspace, "show", "--name-only", "--format=", "HEAD").split() == [
        "docs/delivery.json",
        "docs/delivery.md",
    ]
    assert files(workspace) == expected(table)
    assert git(workspace, "branch", "--show-current") == "main"
    assert git(workspace, "status", "--porcelain") == ""
    assert git(workspace, "fsck", "--strict") == ""
    assert await workspace.history.verify(table) == ()


async def test_what_is_committed_is_not_committed_again(workspace: Workspace) -> None:
    table = small_run()
    for count in (2, 2, 5, 6, 6):
        await workspace.commit(table[:count], {m.id: 100 - n for n, m in enumerate(table)})
        assert len(log(workspace)) == count
        assert git(workspace, "status", "--porcelain") == ""
    assert files(workspace) == expected(table)
    times = [int(time) for time in log(workspace, "%ct")]
    assert times == sorted(times)
    assert await workspace.history.commit(table) == 0


async def test_a_users_own_commits_and_files_are_kept(workspace: Workspace) -> None:
    table = small_run()
    await workspace.commit(table[:3])
    (workspace.path / "main.py").write_text("mine\n")
    (workspace.path / "notes.txt").write_text("mine\n")
    git(workspace, "add", "main.py", "notes.txt")
    git(workspace, "commit", "-m", "My own")
    (workspace.path / "staged.txt").write_text("mine\n")
    git(workspace, "add", "staged.txt")
    (workspace.path / "new.txt").write_text("mine\n")
    kept = await workspace.commit(table)
    assert [edit.path for edit in kept] == ["main.py"]
    assert log(workspace)[3:5] == ["sam@example.org: My own", "Engineer: Source: app/store.py"]
    assert git(workspace, "status", "--porcelain").split("\n") == ["M main.py", "A  staged.txt", "?? new.txt"]
    assert (workspace.path / "main.py").read_text() == "mine\n"
    assert files(workspace)["notes.txt"] == "mine"
    assert git(workspace, "fsck") == ""


async def test_a_hand_edit_is_a_commit_of_the_user(workspace: Workspace) -> None:
    table = small_run()
    await workspace.commit(table)
    page = workspace.path / "docs/prd.md"
    page.write_text(page.read_text().replace("Todo", "Mine"))
    assert git(workspace, "status", "--porcelain") == "M docs/prd.md"
    edits = [message(USER, document, table[0]) for document in workspace.edited_documents(table)]
    await workspace.commit([*table, *edits])
    assert log(workspace)[-1] == "User: Product requirements: Mine"
    assert git(workspace, "status", "--porcelain") == ""
    assert files(workspace) == expected([*table, *edits])


async def test_the_order_of_commits_does_not_depend_on_who_was_quicker(tmp_path: Path) -> None:
    table = small_run()
    orders = [(*table[:3], *middle, table[5]) for middle in itertools.permutations(table[3:5])]
    assert canonical_order(orders[0]) == canonical_order(orders[1]) == tuple(table)
    heads = set()
    for number, order in enumerate(orders):
        workspace = Workspace(tmp_path / str(number))
        workspace.claim()
        await workspace.commit(order)
        heads.add(git(workspace, "rev-parse", "HEAD"))
    assert len(heads) == 1


def test_a_later_document_of_a_slot_stays_the_later_one() -> None:
    first = message("Engineer", SourceFile(path="a.py", content="1"), message("User", Requirement(text="x")))
    second = message(USER, SourceFile(path="a.py", content="2"))
    assert canonical_order([first, second]) == (first, second)


async def test_names_and_texts_of_any_kind_are_kept(workspace: Workspace) -> None:
    path, content = "数据/ein 'Name' $(touch x) é.py", "no newline, \x00 and \r\n"
    table = [
        message("Ingénieur <a@b>\nx", SourceFile(path=path, content=content)),
        message("工程师", SourceFile(path="b.py", content="")),
        message("QA", Requirement(text="first\n\nSofthouse-Message: 0123456789abcdef\n" + "x" * 200)),
    ]
    await workspace.commit(table)
    assert await workspace.history.verify(table) == ()
    assert git(workspace, "status", "--porcelain") == ""
    assert sorted(log(workspace, "%an <%ae>")) == [
        "Ingénieur a@b x <ing-nieur-a-b-x@softhouse.invalid>",
        "QA <qa@softhouse.invalid>",
        "工程师 <role@softhouse.invalid>",
    ]
    assert await workspace.history.commit(table) == 0
    assert git(workspace, "fsck", "--strict") == ""


async def test_withdrawn_messages_are_taken_back_and_may_return(workspace: Workspace) -> None:
    newer = message("Engineer", SourceFile(path="main.py", content="newer\n"), small_run()[2])
    table = [*small_run(), newer]
    await workspace.commit(table)
    await workspace.commit(table[:3])
    assert log(workspace)[-1] == "User: Step back: 4 withdrawn"
    assert files(workspace) == expected(table[:3])
    assert not (workspace.path / "main.py").exists()
    await workspace.commit(table)
    assert files(workspace) == expected(table)
    await workspace.commit(table[:-1])
    assert files(workspace)["main.py"] == "import app.store"
    assert len(log(workspace)) == 7 + 1 + 4 + 1
    assert git(workspace, "status", "--porcelain") == ""
    assert await workspace.history.commit(table[:-1]) == 0


async def test_a_run_that_is_done_again_leaves_no_trace_of_steps_back(workspace: Workspace) -> None:
    """After an edit every later message has other causes, so another id; mostly with the same files."""
    table = small_run()
    await workspace.commit(table)
    edited = message("Product manager", requirements("Mine"), table[0])
    again = [table[0], edited]
    for old in table[2:]:
        again.append(message(old.sender, old.content, again[-1]))
    await workspace.commit(again)
    assert len(log(workspace)) == 6 + 5
    assert not any("Step back" in subject for subject in log(workspace))
    assert files(workspace) == expected(again)
    assert await workspace.history.commit(again) == 0


@pytest.mark.parametrize("interrupted", ["stage", "move"])
@pytest.mark.parametrize("done", [0, 3])
async def test_a_history_that_was_cut_off_is_repaired(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, interrupted: str, done: int
) -> None:
    table = small_run()
    if done:
        await workspace.commit(table[:done])

    def stop(*_: object) -> None:
        raise KeyError("killed")

    with monkeypatch.context() as patched:
        patched.setattr(Repository, interrupted, stop)
        with pytest.raises(KeyError):
            await workspace.commit(table)
    await workspace.commit(table)
    assert len(log(workspace)) == 6
    assert git(workspace, "status", "--porcelain") == ""
    assert "error" not in git(workspace, "fsck")


async def test_few_processes_are_started(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[str] = []
    run = Repository.run

    def counted(self: Repository, command: str, *arguments: str, stdin: bytes = b"") -> bytes:
        started.append(command)
        return run(self, command, *arguments, stdin=stdin)

    monkeypatch.setattr(Repository, "run", counted)
    await workspace.commit(small_run()[:3])
    assert started == []
    await workspace.commit(small_run())
    assert started == ["log", "ls-tree", "update-index"]
    await workspace.commit(small_run())
    assert started[3:] == ["log"]


async def test_a_cancelled_commit_ends_before_the_cancellation_is_seen(workspace: Workspace) -> None:
    task = asyncio.create_task(workspace.history.commit(small_run()))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert len(log(workspace)) == 6


async def test_the_branch_that_is_checked_out_goes_on(workspace: Workspace) -> None:
    await workspace.commit(small_run()[:3])
    git(workspace, "switch", "-c", "feature/one")
    git(workspace, "pack-refs", "--all", "--prune")
    git(workspace, "gc", "--quiet")
    await workspace.commit(small_run())
    assert len(log(workspace)) == 6
    assert git(workspace, "rev-list", "--count", "main") == "3"
    assert git(workspace, "status", "--porcelain") == ""


async def test_a_history_that_was_moved_away_is_made_again(workspace: Workspace, tmp_path: Path) -> None:
    table = small_run()
    await workspace.commit(table)
    first = git(workspace, "rev-parse", "HEAD")
    (workspace.path / ".git").rename(tmp_path / "away")
    await workspace.commit(table)
    assert git(workspace, "rev-parse", "HEAD") == first


async def test_a_replay_is_told_what_differs(workspace: Workspace) -> None:
    table = small_run()
    assert len(await workspace.history.verify(table)) == 2 * len(projection(table))
    await workspace.commit(table)
    (workspace.path / "main.py").write_text("other")
    (workspace.path / "docs/prd.md").unlink()
    git(workspace, "rm", "--cached", "-q", "docs/design.md")
    git(workspace, "commit", "-q", "-m", "x")
    found = await workspace.history.verify(table)
    assert found == (
        Difference("docs/design.md", "history", "missing"),
        Difference("docs/prd.md", "workspace", "missing"),
        Difference("main.py", "workspace", "different"),
    )
    assert str(found[2]) == "main.py is different in the workspace"


def test_the_subject_is_one_short_line() -> None:
    assert (
        history.subject(Requirement(text="  Write\na list. " + "x" * 99)) == f"Requirement: Write a list. {'x' * 45}…"
    )
    assert history.subject(Requirement(text="", language="zh"), "zh") == "原始需求"
