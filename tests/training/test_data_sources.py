"""Where text comes from: each kind of source, and what is said when one can't be read."""

import gzip
import io
import json
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pytest

from softhouse.errors import UsageError
from tests.training.collecting import PERMISSIVE_FILTERS, collect, jsonl, random_texts, write_rows

pytest.importorskip("rensa")
pytest.importorskip("py3langid")

FILTERS = {"filters": PERMISSIVE_FILTERS, "decontaminate": []}
TEXTS = random_texts(12)


def code(number: int) -> str:
    words = TEXTS[number].replace(".", "").split()
    return "".join(
        f"{first} = [{second!r}, {third!r}]\n" for first, second, third in zip(*[iter(words)] * 3, strict=True)
    )


def table(*sources: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"sources": list(sources), **FILTERS, **more}


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_a_code_tree_is_read_with_the_licence_above_each_file(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    write(tree / "app.py", code(0))
    write(tree / "src/tool.js", code(1))
    write(tree / "vendor/LICENSE", "GNU GENERAL PUBLIC LICENSE Version 3")
    write(tree / "vendor/deep/gpl.py", code(2))
    write(tree / "mit/LICENSE.txt", "Permission is hereby granted, free of charge, to any person obtaining a copy")
    write(tree / "mit/fine.py", code(3))
    write(tree / ".git/hook.py", code(4))
    write(tree / "site-packages/other.py", code(5))
    write(tree / "notes.md", TEXTS[6])
    (tree / "link.py").symlink_to(tree / "app.py")
    found = collect(tmp_path / "out", table({"name": "mine", "kind": "code", "paths": [str(tree)]}))
    assert {row["id"]: row["kind"] for row in found.train} == {
        "mine:app.py": "python",
        "mine:src/tool.js": "javascript",
        "mine:mit/fine.py": "python",
    }
    assert found.drops == {"vendor/deep/gpl.py": "licence"}
    assert [row["licence"] for row in found.train if row["id"] == "mine:mit/fine.py"] == ["MIT"]


def test_what_a_person_vouches_for_is_not_looked_up(tmp_path: Path) -> None:
    write(tmp_path / "tree/COPYING", "GNU GENERAL PUBLIC LICENSE Version 3")
    write(tmp_path / "tree/mine.py", code(0))
    source = {"name": "mine", "kind": "code", "paths": [str(tmp_path / "tree")], "licence": "MIT"}
    assert collect(tmp_path / "out", table(source)).train[0]["licence"] == "MIT"


def package(site: Path, name: str, metadata: str, files: dict[str, str], record: bool = True) -> None:
    for path, text in files.items():
        write(site / path, text)
    info = site / f"{name}-1.0.dist-info"
    write(info / "METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n{metadata}\n")
    if record:
        write(
            info / "RECORD",
            "".join(f"{path},,\n" for path in [*files, f"{info.name}/METADATA", f"{info.name}/LICENSE"]),
        )
    else:
        write(info / "top_level.txt", name)


def test_installed_packages_are_filtered_by_the_licence_in_their_metadata(tmp_path: Path) -> None:
    site = tmp_path / "site-packages"
    package(site, "expression", "License-Expression: Apache-2.0 OR GPL-2.0-only", {"expression/a.py": code(0)})
    package(site, "classified", "Classifier: License :: OSI Approved :: MIT License", {"classified.py": code(1)})
    package(site, "field", "License: BSD", {"field/b.py": code(2), "field/data.bin": "x"})
    package(site, "copyleft", "License: GPLv3", {"copyleft/c.py": code(3)})
    package(site, "silent", "Summary: says nothing", {"silent/d.py": code(4)})
    package(site, "filed", "Summary: see the file", {"filed/e.py": code(5)})
    write(
        site / "filed-1.0.dist-info/LICENSE",
        "Permission is hereby granted, free of charge, to any person obtaining a copy",
    )
    package(site, "plain", "License: MIT", {"plain/f.py": code(6)}, record=False)
    write(site / "nobody/g.py", code(7))
    found = collect(tmp_path / "out", table({"name": "p", "kind": "packages", "paths": [str(site)]}))
    assert found.names == {"expression/a.py", "classified.py", "field/b.py", "filed/e.py", "plain/f.py"}
    assert {(row["id"], row["reason"], row["detail"]) for row in found.drop_rows} == {
        ("p:copyleft/c.py", "licence", "GPL-2.0-or-later"),
        ("p:silent/d.py", "licence", "no licence found"),
        ("p:nobody/g.py", "licence", "no licence found"),
    }
    assert {row["licence"] for row in found.train if row["id"] == "p:expression/a.py"} == {"Apache-2.0 OR GPL-2.0-only"}


def test_documents_of_four_kinds_packed_or_not(tmp_path: Path) -> None:
    folder = tmp_path / "doc"
    write(folder / "a/README.md", f"# Title\n\n{TEXTS[0]}")
    write(folder / "b/page.html", f"<html><nav>Menu</nav><p>{TEXTS[1]}</p></html>")
    write(folder / "c.rst", TEXTS[2])
    (folder / "changelog.gz").write_bytes(gzip.compress(TEXTS[3].encode()))
    (folder / "broken.txt.gz").write_bytes(b"\x1f\x8bnot packed at all")
    write(folder / "code.py", code(4))
    found = collect(tmp_path / "out", table({"name": "d", "kind": "documents", "paths": [str(folder)]}))
    assert {row["id"]: row["kind"] for row in found.train} == {
        "d:a/README.md": "markdown",
        "d:b/page.html": "text",
        "d:c.rst": "rst",
        "d:changelog.gz": "text",
    }
    assert found.drops == {"broken.txt.gz": "unreadable"}
    page = next(row["text"] for row in found.train if row["id"] == "d:b/page.html")
    assert "<p>" not in page
    assert "Menu" not in page


def test_rows_keep_their_names_and_say_what_they_are(tmp_path: Path) -> None:
    path = write_rows(
        tmp_path / "rows.jsonl",
        [
            {"id": "one", "text": TEXTS[0]},
            {"content": code(1), "path": "src/x.py", "license": ["mit"]},
            {"id": 3, "text": TEXTS[2], "licence": "GPL-3.0-only"},
            {"id": "four", "text": TEXTS[3], "language": "Markdown"},
            {"id": "five", "words": "no text"},
        ],
    )
    with path.open("a") as file:
        file.write("{not json\n\n")
    found = collect(tmp_path / "out", table(jsonl(path)))
    assert {row["id"]: (row["kind"], row.get("licence")) for row in found.train} == {
        "rows:rows.jsonl:one": ("text", None),
        "rows:rows.jsonl:src/x.py": ("python", "MIT"),
        "rows:rows.jsonl:four": ("markdown", None),
    }
    assert sorted(row["reason"] for row in found.drop_rows) == ["licence", "unreadable", "unreadable"]


def test_another_folder_changes_no_names(tmp_path: Path) -> None:
    for number in range(2):
        write(tmp_path / f"part{number}/tree/app.py", code(number))
        write(tmp_path / f"part{number}/tree/left_out.py", code(number + 2))
    paths = [str(tmp_path / f"part{number}/tree") for number in range(2)]
    source = {"name": "mine", "kind": "code", "paths": paths, "include": ["app*"]}
    assert collect(tmp_path / "out", table(source)).names == {"app.py", "1/app.py"}


def test_a_file_of_rows_that_is_named_may_be_called_anything(tmp_path: Path) -> None:
    path = write_rows(tmp_path / "rows.json", [{"id": "one", "text": TEXTS[0]}])
    assert collect(tmp_path / "out", table(jsonl(path))).names == {"rows.json:one"}


def test_a_long_file_of_rows_is_read_in_stretches_and_no_row_is_lost(tmp_path: Path) -> None:
    rows = [{"id": str(number), "text": text} for number, text in enumerate(random_texts(60, words=40))]
    path = write_rows(tmp_path / "rows.jsonl", rows)
    whole = collect(tmp_path / "whole", table(jsonl(path)))
    cut = collect(tmp_path / "cut", table(jsonl(path), unit_bytes=1_000))
    assert {row["id"] for row in cut.train} == {row["id"] for row in whole.train}
    assert len(cut.train) == 60
    assert cut.hashes == whole.hashes


def test_dumps_are_archives_and_rows_of_any_packing(tmp_path: Path) -> None:
    folder = tmp_path / "dump"
    folder.mkdir()
    with zipfile.ZipFile(folder / "a.zip", "w") as archive:
        archive.writestr("x/app.py", code(0))
        archive.writestr("x/picture.png", "no")
    with tarfile.open(folder / "b.tar.gz", "w:gz") as tar:
        for name, content in (("y/notes.md", TEXTS[1].encode()), ("y/rows.jsonl.gz", packed_row("inner", TEXTS[2]))):
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    (folder / "c.jsonl.gz").write_bytes(packed_row("outer", TEXTS[3]))
    found = collect(tmp_path / "out", table({"name": "d", "kind": "dump", "paths": [str(folder)]}))
    assert found.names == {
        "a.zip/x/app.py",
        "b.tar.gz/y/notes.md",
        "b.tar.gz/y/rows.jsonl.gz:inner",
        "c.jsonl.gz:outer",
    }


def packed_row(name: str, text: str) -> bytes:
    return gzip.compress(json.dumps({"id": name, "text": text}).encode())


def test_parquet_is_a_dump_too(tmp_path: Path) -> None:
    arrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    parquet.write_table(arrow.table({"id": ["a", "b"], "text": TEXTS[:2]}), tmp_path / "part.parquet")
    source = {"name": "d", "kind": "dump", "paths": [str(tmp_path / "part.parquet")]}
    assert collect(tmp_path / "out", table(source)).names == {"part.parquet:a", "part.parquet:b"}


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ({"name": "x", "paths": ["/no/such/place"]}, "there is no /no/such/place"),
        ({"name": "x", "paths": ["{tmp}/empty"]}, "holds no code to read"),
        ({"name": "x", "kind": "dump", "paths": ["{tmp}/broken.tar"]}, "broken.tar can't be read"),
    ],
)
def test_a_source_that_is_not_there_is_named(tmp_path: Path, source: dict[str, Any], words: str) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "broken.tar").write_bytes(b"no archive" * 100)
    there = {**source, "paths": [path.replace("{tmp}", str(tmp_path)) for path in source["paths"]]}
    with pytest.raises(UsageError, match=words):
        collect(tmp_path / "out", table(there))


def test_a_table_that_does_not_fit_together_is_refused(tmp_path: Path) -> None:
    one = {"name": "x", "paths": ["."]}
    for sources, words in (
        ([one, one], "two sources are called 'x'"),
        ([one, {**one, "name": "y", "weight": 2}], "some sources have a weight"),
        ([], "sources is empty"),
        ([{**one, "kins": ["python"]}], "kins"),
    ):
        with pytest.raises(UsageError, match=words):
            collect(tmp_path / "out", {"sources": sources})
