import os
import subprocess
import sys
from pathlib import Path

import pytest

from softhouse.environment.document import Document
from softhouse.environment.documents import ProductRequirements, Requirement, SourceFile, TestSuite
from softhouse.environment.message import USER, Message
from softhouse.environment.names import UnsafePathError
from softhouse.environment.rendering import document_files, projection
from softhouse.environment.workspace import Edit, Workspace
from softhouse.errors import StorageError, WorkspaceBusyError, WorkspaceError

from .table import message, requirements, small_run

POSIX = pytest.mark.skipif(os.name == "nt", reason="links and permissions of POSIX")


class Ticket(Document):
    """Several in one run, told apart by a name that anybody may choose."""

    name: str
    text: str

    @property
    def key(self) -> str:
        return self.name


def on_disk(workspace: Workspace) -> dict[str, str]:
    return {
        path.relative_to(workspace.path).as_posix(): path.read_bytes().decode()
        for path in workspace.path.rglob("*")
        if path.is_file() and ".softhouse" not in path.parts and ".git" not in path.parts
    }


# The claim


def test_a_claim_makes_the_folder_and_hides_the_house(tmp_path: Path) -> None:
    with Workspace(tmp_path / "new" / "project") as workspace:
        assert [path.name for path in workspace.path.iterdir()] == [".softhouse"]
        assert (workspace.path / ".softhouse/.gitignore").read_text() == "*\n"


def test_who_comes_second_is_told_who_is_there(workspace: Workspace) -> None:
    program = f"from softhouse.environment.workspace import Workspace; Workspace({str(workspace.path)!r}).claim()"
    second = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert f"WorkspaceBusyError: {workspace.path} is in use by process {os.getpid()}; wait" in second.stderr
    with pytest.raises(WorkspaceBusyError):
        Workspace(workspace.path).claim()
    workspace.release()
    workspace.release()
    Workspace(workspace.path).claim()


def test_a_killed_process_lets_go(tmp_path: Path) -> None:
    program = (
        "import os, signal; from softhouse.environment.workspace import Workspace\n"
        f"Workspace({str(tmp_path)!r}).claim(); print(flush=True); os.kill(os.getpid(), signal.SIGTERM)"
    )
    subprocess.run([sys.executable, "-c", program], check=False, capture_output=True)
    Workspace(tmp_path).claim()


def test_a_child_does_not_keep_the_workspace(workspace: Workspace) -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, close_fds=False) as child:
        workspace.release()
        Workspace(workspace.path).claim()
        child.communicate(b"end\n")


def test_a_file_is_no_workspace(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(WorkspaceError, match=r"file is a file; name a folder"):
        Workspace(tmp_path / "file").claim()


def test_somebody_elses_files_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("precious")
    (tmp_path / ".DS_Store").touch()
    with pytest.raises(WorkspaceError, match=r"holds someone else's files \(thesis.tex…\)"):
        Workspace(tmp_path).claim()
    assert not (tmp_path / ".softhouse").exists()


@POSIX
@pytest.mark.parametrize("path", ["/proc/project", "/dev/null/project"])
def test_a_place_that_cannot_be_written_is_named(path: str) -> None:
    with pytest.raises(WorkspaceError, match=f"{path} is not writable") as refused:
        Workspace(path).claim()
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("broken", ["file", "empty", "no objects"])
def test_a_git_that_is_none_is_refused(tmp_path: Path, broken: str) -> None:
    (tmp_path / ".softhouse").mkdir()
    git = tmp_path / ".git"
    if broken == "file":
        git.write_text("gitdir: /elsewhere\n")
    else:
        git.mkdir()
        if broken == "no objects":
            (git / "HEAD").write_text("ref: refs/heads/main\n")
    with pytest.raises(WorkspaceError, match="not a git repository; move it away"):
        Workspace(tmp_path).claim()


@POSIX
def test_the_house_is_no_link(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "project").mkdir()
    (tmp_path / "project/.softhouse").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(WorkspaceError, match="not an ordinary folder"):
        Workspace(tmp_path / "project").claim()
    assert list((tmp_path / "elsewhere").iterdir()) == []


# The projection


@pytest.mark.parametrize("language", ["en", "zh"])
def test_one_document_after_another_gives_what_the_projection_says(workspace: Workspace, language: str) -> None:
    table = small_run(language)
    for each in table:
        assert workspace.write(each.content) == ()
    assert on_disk(workspace) == projection(table)
    assert set(on_disk(workspace)) == {
        "main.py",
        "app/store.py",
        *(
            f"docs/{name}.{ending}"
            for name in ("requirement", "prd", "design", "delivery")
            for ending in ("json", "md")
        ),
    }
    assert ("# 产品需求" in on_disk(workspace)["docs/prd.md"]) == (language == "zh")
    assert workspace.write_all(table) == workspace.edits(projection(table)) == ()


def test_the_newest_document_of_a_slot_counts() -> None:
    table = [*small_run(), message("Engineer", SourceFile(path="main.py", content="new\n"))]
    assert projection(table)["main.py"] == "new\n"


def test_keys_become_names_that_are_safe() -> None:
    names = ["login", "Login", "../../etc/passwd", "a/b", "a:b", "con", "", "数据", "x" * 500, "new\nline"]
    files = projection([message("QA", Ticket(name=name, text="x")) for name in names])
    assert len({path.casefold() for path in files}) == 2 * len(names)
    assert "docs/ticket/login.md" in files
    assert "docs/ticket.md" in files
    for path in files:
        assert path.count("/") == (1 if path.startswith("docs/ticket.") else 2)
        assert len(path) < 100
        assert path.isprintable()


@pytest.mark.parametrize("paths", [("../x",), (".git/hooks/x",), ("docs/prd.md",), ("a.py", "A.py"), ("a", "a/b")])
def test_no_document_writes_where_it_must_not(workspace: Workspace, paths: tuple[str, ...]) -> None:
    table = [message("Engineer", SourceFile(path=path, content="x")) for path in paths]
    with pytest.raises(UnsafePathError):
        workspace.write_all(table)
    assert on_disk(workspace) == {}


def test_files_that_no_document_has_any_more_are_removed(workspace: Workspace) -> None:
    table = [message("QA", TestSuite(files={"tests/unit/test_a.py": "a\n", "tests/test_b.py": "b\n"}))]
    workspace.write_all(table)
    (workspace.path / "notes.txt").write_text("mine")
    workspace.write_all([*table, message("QA", TestSuite(files={"tests/test_b.py": "b\n"}))])
    assert on_disk(workspace) == {"tests/test_b.py": "b\n", "notes.txt": "mine"}
    assert not (workspace.path / "tests/unit").exists()


def test_a_full_disk_is_a_storage_error(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(StorageError, match=r"main.py cannot be written \(No space left on device\); make room"):
        workspace.write(SourceFile(path="main.py", content="x"))
    assert [path.name for path in (workspace.path / ".softhouse").iterdir() if path.name.startswith("writing")] == []


# Links


@POSIX
def test_a_planted_link_does_not_redirect_a_write(workspace: Workspace, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "precious").write_text("precious")
    (workspace.path / "main.py").symlink_to(outside / "precious")
    (workspace.path / "docs").symlink_to(outside)
    (workspace.path / "app").mkdir()
    (workspace.path / "app/store.py").symlink_to(outside / "not-there")
    table = small_run()
    kept = {edit.path for edit in workspace.write_all(table)}
    assert kept == set(projection(table))
    assert {path.name: path.read_text() for path in outside.iterdir()} == {"precious": "precious"}
    with pytest.raises(WorkspaceError, match="docs is not an ordinary folder"):
        workspace.edited_documents(table[:1])
    with pytest.raises(WorkspaceError, match=r"store.py is not an ordinary file"):
        workspace.edited_documents([m for m in table if isinstance(m.content, SourceFile)])


@POSIX
def test_what_is_removed_is_removed_here(workspace: Workspace, tmp_path: Path) -> None:
    workspace.write(SourceFile(path="app/old.py", content="x"))
    (workspace.path / "app").rename(tmp_path / "away")
    (workspace.path / "app").symlink_to(tmp_path / "away")
    workspace.write_all([])
    assert (tmp_path / "away/old.py").read_text() == "x"


# Hand edits


def change(workspace: Workspace, path: str, old: str, new: str) -> None:
    file = workspace.path / path
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")


@pytest.mark.parametrize("path", ["docs/prd.json", "docs/prd.md"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_changed_page_is_read_back(workspace: Workspace, path: str, language: str) -> None:
    table = small_run(language)
    workspace.write_all(table)
    change(workspace, path, "A todo list.", "A *better* list.")
    assert workspace.edits(projection(table)) == (Edit(path),)
    expected = requirements().model_copy(update={"summary": "A *better* list."})
    assert workspace.edited_documents(table) == (expected,)
    assert Workspace(workspace.path).edited_documents(table) == (expected,)


def test_a_changed_source_file_is_read_back_byte_for_byte(workspace: Workspace) -> None:
    table = small_run()
    workspace.write_all(table)
    (workspace.path / "main.py").write_bytes("print('你好')\r\n\t".encode())
    assert workspace.edited_documents(table) == (SourceFile(path="main.py", content="print('你好')\r\n\t"),)


def test_one_of_many_files_of_a_document_is_read_back(workspace: Workspace) -> None:
    suite = TestSuite(files={"tests/test_a.py": "same\n", "tests/test_b.py": "same\n"})
    table = [message("QA", suite)]
    workspace.write_all(table)
    change(workspace, "tests/test_b.py", "same", "other")
    expected = TestSuite(files={"tests/test_a.py": "same\n", "tests/test_b.py": "other\n"})
    assert workspace.edited_documents(table) == (expected,)


def test_a_hand_edit_gives_way_to_nothing_but_itself(workspace: Workspace) -> None:
    table = small_run()
    workspace.write_all(table)
    change(workspace, "docs/prd.md", "Todo", "Mine")
    change(workspace, "main.py", "import", "# mine\nimport")
    mine = on_disk(workspace)
    assert workspace.write_all(table) == (Edit("docs/prd.md"), Edit("main.py"))
    assert workspace.write(requirements("Theirs")) == (Edit("docs/prd.md"),)
    assert on_disk(workspace)["docs/prd.md"] == mine["docs/prd.md"]
    assert on_disk(workspace)["main.py"] == mine["main.py"]
    workspace.write_all(table)

    accepted = [message(USER, document) for document in workspace.edited_documents(table)]
    assert workspace.write_all([*table, *accepted]) == ()
    assert on_disk(workspace) == projection([*table, *accepted])
    assert "# mine" in on_disk(workspace)["main.py"]
    assert '"name": "Mine"' in on_disk(workspace)["docs/prd.json"]


def test_the_users_form_is_no_edit_of_a_document(workspace: Workspace) -> None:
    table = small_run()
    workspace.write_all(table)
    change(workspace, "docs/prd.md", "- Simple", "* Simple  ")
    assert workspace.edits(projection(table)) == (Edit("docs/prd.md"),)
    assert workspace.edited_documents(table) == ()


def test_two_pages_that_agree_are_one_edit_and_two_that_disagree_an_error(workspace: Workspace) -> None:
    table = small_run()
    workspace.write_all(table)
    change(workspace, "docs/prd.md", "Todo", "Mine")
    change(workspace, "docs/prd.json", "Todo", "Mine")
    assert workspace.edited_documents(table) == (requirements("Mine"),)
    change(workspace, "docs/prd.json", "Mine", "Yours")
    with pytest.raises(WorkspaceError, match=r"docs/prd.json and docs/prd.md were both changed and disagree"):
        workspace.edited_documents(table)


@pytest.mark.parametrize(
    ("path", "content", "said"),
    [
        ("docs/prd.md", b"# x\n\n## Nmae\n\nx\n", "docs/prd.md: Product requirements, 'Nmae': there is no such field"),
        ("docs/prd.json", b"{}", "docs/prd.json: name: Field required; correct it and run again"),
        ("docs/prd.json", b'{"name": ', "docs/prd.json: Invalid JSON"),
        ("docs/prd.md", b"\xff\xfe", "not UTF-8"),
        ("main.py", b"\xff\xfe", "not UTF-8"),
    ],
)
def test_an_edit_that_cannot_be_read_is_named(workspace: Workspace, path: str, content: bytes, said: str) -> None:
    table = small_run()
    workspace.write_all(table)
    (workspace.path / path).write_bytes(content)
    with pytest.raises(WorkspaceError) as refused:
        workspace.edited_documents(table)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)
    assert Edit(path) in workspace.write_all(table)


def test_a_document_keeps_its_name(workspace: Workspace) -> None:
    table = [message("QA", Ticket(name="login", text="x"))]
    workspace.write_all(table)
    change(workspace, "docs/ticket/login.md", "login", "logout")
    with pytest.raises(WorkspaceError, match=r"docs/ticket/login.md now describes another ticket"):
        workspace.edited_documents(table)


def test_a_deleted_file_is_seen_and_comes_back(workspace: Workspace) -> None:
    table = small_run()
    workspace.write_all(table)
    (workspace.path / "main.py").unlink()
    assert workspace.edits(projection(table)) == (Edit("main.py", deleted=True),)
    assert workspace.edited_documents(table) == ()
    workspace.write_all(table)
    assert on_disk(workspace) == projection(table)


def test_a_file_of_the_users_own_is_not_taken_for_the_houses(workspace: Workspace) -> None:
    (workspace.path / "main.py").write_text("mine before anything was written")
    assert workspace.write(SourceFile(path="main.py", content="theirs")) == (Edit("main.py"),)


def test_after_a_crash_an_older_file_is_no_edit(workspace: Workspace) -> None:
    """The journal has a newer document than the disk, or the disk a newer one than the note of what was written."""
    old, new = SourceFile(path="main.py", content="old"), SourceFile(path="main.py", content="new")
    workspace.write(old)
    table = [Message(sender="Engineer", content=old), Message(sender="Engineer", content=new)]
    assert workspace.edited_documents(table) == ()
    (workspace.path / "main.py").write_text("new")
    assert workspace.edited_documents(table) == ()
    assert workspace.write_all(table) == ()
    note = workspace.path / ".softhouse/written"
    note.write_text(note.read_text()[:-9])
    assert Workspace(workspace.path).edited_documents(table) == ()


def test_a_type_of_the_users_own_is_read_back_too(workspace: Workspace) -> None:
    class Script(Document):
        parts: tuple[tuple[str, str], ...]

        def project_files(self) -> dict[str, str]:
            return {f"{name}.sh": text for name, text in self.parts}

    table = [message("Writer", Script(parts=(("a", "a"), ("b", "a"))))]
    workspace.write_all(table)
    (workspace.path / "b.sh").write_text("b")
    assert workspace.edited_documents(table) == (Script(parts=(("a", "a"), ("b", "b"))),)


def test_what_a_document_cannot_take_up_is_said(workspace: Workspace) -> None:
    class Shout(Document):
        text: str

        def project_files(self) -> dict[str, str]:
            return {"shout.txt": self.text.upper()}

    table = [message("Writer", Shout(text="ha"))]
    workspace.write_all(table)
    (workspace.path / "shout.txt").write_text("ho")
    with pytest.raises(WorkspaceError, match=r"shout.txt was changed, but shout cannot take that up; restore it"):
        workspace.edited_documents(table)


def test_a_page_and_its_json_are_the_same_document() -> None:
    files = document_files(requirements())
    assert ProductRequirements.model_validate_json(files["docs/prd.json"]) == requirements()
    assert document_files(Requirement(text="x", language="zh"), "zh")["docs/requirement.md"].startswith("# 原始需求")
