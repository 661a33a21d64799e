import pytest
from hypothesis import given
from hypothesis import strategies as st

from softhouse.environment.names import UnsafePathError, check_path, check_paths, file_stem


@pytest.mark.parametrize(
    "path", ["main.py", "app/store.py", "./app//store.py", "数据/列表.py", ".gitignore", "a.b.c", "config.py"]
)
def test_an_ordinary_path_is_taken(path: str) -> None:
    assert str(check_path(path)) == path.replace("./", "").replace("//", "/")


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/etc/passwd", "relative"),
        ("C:/windows/x", "drive"),
        ("c:x", "drive"),
        ("app\\store.py", "forward slashes"),
        ("../x", "leaves"),
        ("app/../../x", "leaves"),
        ("", "no file"),
        (".", "no file"),
        ("app/", "folder"),
        ("a\nb.py", "control"),
        ("a\x00.py", "control"),
        ("a\u202ey.p", "invisible"),
        (".g\u200cit/config", "invisible"),
        ("a\ud800", "invisible"),
        ("con", "device"),
        ("app/NUL.txt", "device"),
        ("COM1.tar.gz", "device"),
        ("com¹", "device"),
        ("x/aux .py", "device"),
        ("a.", "dot"),
        ("app. /x", "space"),
        ("app/x ", "space"),
        (" x", "space"),
        ("app/x:y", "holds one of"),
        ("a?.py", "holds one of"),
        ("-rf", "option"),
        (".git/hooks/pre-commit", "kept from"),
        ("app/.GIT/config", "kept from"),
        ("GIT~1/config", "kept from"),
        (".gitattributes", "kept from"),
        (".Softhouse/journal.db", "house"),
        ("app/.softhouse/x", "kept from"),
        ("docs/prd.md", "house"),
        ("DOCS/x", "house"),
        ("readme.md", "house"),
        ("a" * 101, "longer"),
        ("列" * 40, "longer"),
        ("/".join(["abc"] * 60), "longer"),
    ],
)
def test_a_path_that_could_do_harm_is_refused_with_its_reason(path: str, reason: str) -> None:
    with pytest.raises(UnsafePathError, match=reason) as refused:
        check_path(path)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    "paths",
    [
        ("a.py", "A.py"),
        ("a.py", "./a.py"),
        ("app/x.py", "App/y.py"),
        ("app", "app/x.py"),
        ("app/x.py", "app"),
        ("caf\u00e9.py", "cafe\u0301.py"),
        ("straße.py", "STRASSE.py"),
    ],
)
def test_two_paths_that_are_one_file_somewhere_are_refused(paths: tuple[str, str]) -> None:
    with pytest.raises(UnsafePathError):
        check_paths(paths)


def test_a_set_of_paths_that_differ_is_taken_in_its_order() -> None:
    assert [str(path) for path in check_paths(["b/x.py", "a.py", "b/y.py"])] == ["b/x.py", "a.py", "b/y.py"]


@given(st.text(max_size=20))
def test_whatever_is_taken_stays_below_the_root_and_is_taken_again(path: str) -> None:
    try:
        clean = check_path(path)
    except UnsafePathError:
        return
    assert not clean.is_absolute()
    assert not {"..", ".git", ".softhouse"} & set(clean.parts)
    assert check_path(str(clean)) == clean


@given(st.text(max_size=30), st.text(max_size=30))
def test_every_key_has_a_safe_file_name_of_its_own(left: str, right: str) -> None:
    if any("\ud800" <= character <= "\udfff" for character in left + right):
        return
    assert str(check_path(file_stem(left))) == file_stem(left)
    assert (file_stem(left).casefold() == file_stem(right).casefold()) == (left == right)
