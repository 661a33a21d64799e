"""Files that are broken: one among many is a drop with its reason, a broken dump is one line that names it."""

import gzip
import io
import json
import lzma
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pytest

from softhouse.errors import UsageError
from tests.training.collecting import PERMISSIVE_FILTERS, Collected, collect, random_texts

pytest.importorskip("rensa")
pytest.importorskip("py3langid")

TEXTS = random_texts(6)
ROWS = "".join(json.dumps({"id": str(place), "text": text}) + "\n" for place, text in enumerate(TEXTS)).encode()


def collected(tmp_path: Path, kind: str, path: Path, **more: Any) -> Collected:
    source = {"name": "s", "kind": kind, "paths": [str(path)]}
    table = {"sources": [source], "filters": PERMISSIVE_FILTERS, "decontaminate": [], **more}
    return collect(tmp_path / "out", table)


def tar(files: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return packed.getvalue()


def zipped(files: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


def parquet(texts: list[str]) -> bytes:
    arrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet as library

    packed = io.BytesIO()
    library.write_table(arrow.table({"id": [str(place) for place in range(len(texts))], "text": texts}), packed)
    return packed.getvalue()


def damaged(content: bytes, place: int, by: bytes = b"\xff\x00\xff\x00\xff\x00\xff\x00") -> bytes:
    return content[:place] + by + content[place + len(by) :]


TWO = {"one.md": TEXTS[0].encode(), "two.md": TEXTS[1].encode()}
SECOND_HEADER = 512 + -(-len(TWO["one.md"]) // 512) * 512


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.tar", tar(TWO)[: SECOND_HEADER + 100]),
        ("a.tar", tar(TWO)[: SECOND_HEADER + 600]),
        ("a.tar", damaged(tar(TWO), SECOND_HEADER)),
        ("a.tar.gz", gzip.compress(tar(TWO))[:-300]),
        ("a.tar.gz", b"\x1f\x8b\x08 and no more"),
        ("a.tar.xz", damaged(lzma.compress(tar(TWO)), 200)),
        ("a.zip", zipped(TWO)[:-40]),
        ("a.zip", b"PK\x03\x04"),
        ("a.jsonl.gz", gzip.compress(ROWS)[:-20]),
        ("a.jsonl.gz", damaged(gzip.compress(ROWS), 400)),
        ("a.jsonl.gz", ROWS),
        ("a.parquet", b"PAR1 and nothing"),
        ("a.parquet", b""),
    ],
)
def test_a_broken_dump_is_named_in_one_line(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(UsageError, match=r"can't be read \(.+\); mend it or exclude it") as caught:
        collected(tmp_path, "dump", path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("damage", ["end", "middle", "text"])
def test_a_broken_parquet_file_is_named_in_one_line(tmp_path: Path, damage: str) -> None:
    content = parquet(TEXTS)
    broken = {
        "end": content[:-10],
        "middle": damaged(content, len(content) // 4, b"\xff" * 40),
        "text": content.replace(TEXTS[0][:20].encode(), b"\xff" * 20),
    }
    path = tmp_path / "a.parquet"
    path.write_bytes(broken[damage])
    with pytest.raises(UsageError, match=r"a\.parquet can't be read \(.+\); mend it") as caught:
        collected(tmp_path, "dump", path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("pack", [tar, zipped])
def test_a_broken_member_is_dropped_and_the_others_are_kept(tmp_path: Path, pack: Any) -> None:
    path = tmp_path / f"a.{'tar' if pack is tar else 'zip'}"
    members = {
        "rows.jsonl.gz": gzip.compress(ROWS)[:-20],
        "page.md.gz": b"not packed",
        "part.parquet": b"PAR1 and nothing",
        "fine.md": TEXTS[5].encode(),
    }
    path.write_bytes(pack(members))
    found = collected(tmp_path, "dump", path)
    assert f"{path.name}/fine.md" in found.names
    assert found.drops == {
        f"{path.name}/{name}": "unreadable" for name in ("rows.jsonl.gz", "page.md.gz", "part.parquet")
    }
    assert {row["id"]: row["detail"] for row in found.drop_rows}[f"s:{path.name}/page.md.gz"].startswith(
        "Not a gzipped"
    )


def test_a_member_of_a_zip_that_is_damaged_or_locked_is_dropped(tmp_path: Path) -> None:
    content = zipped({"damaged.md": TEXTS[0].encode(), "fine.md": TEXTS[1].encode(), "locked.md": TEXTS[2].encode()})
    content = damaged(content, content.index(TEXTS[0].encode()) + 10)
    locked = content.rindex(b"PK\x01\x02")
    content = damaged(content, locked + 8, b"\x01")  # the flag that says so, in the directory at the end
    path = tmp_path / "a.zip"
    path.write_bytes(content)
    found = collected(tmp_path, "dump", path)
    assert found.names == {"a.zip/fine.md"}
    assert found.drops == {"a.zip/damaged.md": "unreadable", "a.zip/locked.md": "unreadable"}
    damage, lock = (row["detail"] for row in found.drop_rows)
    assert damage == "Bad CRC-32 for file 'damaged.md'"
    assert "is encrypted, password required" in lock


def test_what_is_said_by_a_worker_comes_through(tmp_path: Path) -> None:
    (tmp_path / "dump").mkdir()
    for number in range(2):
        (tmp_path / f"dump/{number}.parquet").write_bytes(b"PAR1 and nothing")
    with pytest.raises(UsageError, match=r"0\.parquet can't be read"):
        collected(tmp_path, "dump", tmp_path / "dump", workers=2)


@pytest.mark.parametrize("coding", ["no-such-coding", "undefined", "hex", "idna", "rot13", "utf-32", "x" * 300])
def test_a_coding_line_that_names_no_coding_is_passed_over(tmp_path: Path, coding: str) -> None:
    (tmp_path / "tree").mkdir()
    content = f"# coding: {coding}\n# caf\xe9\n{'x = 1  # ' + TEXTS[0][:60]}\n"
    (tmp_path / "tree/a.py").write_bytes(content.encode("latin-1"))
    assert collected(tmp_path, "code", tmp_path / "tree").train[0]["text"].splitlines()[1] == "# café"


def test_html_that_is_none_is_read_as_browsers_read_it(tmp_path: Path) -> None:
    (tmp_path / "doc").mkdir()
    (tmp_path / "doc/a.html").write_text(f"<p>{TEXTS[0]}</p><![foo[bar]]><p>the end</p><![ a<")
    text = collected(tmp_path, "documents", tmp_path / "doc").train[0]["text"]
    assert "the end" in text
    assert "foo" not in text


def test_packages_with_broken_metadata_are_taken_for_files_of_nobody(tmp_path: Path) -> None:
    site = tmp_path / "site-packages"
    for name, metadata, record in (
        ("fine", b"Name: fine\nLicense: MIT\n", b"fine/a.py,,\n"),
        ("one", b"Name: caf\xe9\nLicense: MIT\n", b"one/a.py,,\n"),
        ("two", b"Name: two\nLicense: MIT\n", b"two/a.py,,\ntwo/caf\xe9.py,,\n"),
    ):
        (site / name).mkdir(parents=True)
        (site / name / "a.py").write_text(
            "".join(f"{word} = 1\n" for word in TEXTS[len(name)].split() if word[-1:] != ".")
        )
        info = site / f"{name}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_bytes(metadata)
        (info / "RECORD").write_bytes(record)
    found = collected(tmp_path, "packages", site)
    assert found.names == {"fine/a.py"}
    assert {(row["id"], row["detail"]) for row in found.drop_rows} == {
        ("s:one/a.py", "no licence found"),
        ("s:two/a.py", "no licence found"),
    }


@pytest.mark.parametrize("path", ["~nobody-of-that-name/x", "a\0b", "x" * 5000])
def test_a_path_that_is_none_is_named(tmp_path: Path, path: str) -> None:
    with pytest.raises(UsageError, match=r"source 's': .* is no path that can be read"):
        collect(tmp_path / "out", {"sources": [{"name": "s", "paths": [path]}]})
