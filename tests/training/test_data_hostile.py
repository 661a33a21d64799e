"""Text that was written to be slow to read: time grows with its length and no faster, and nothing crashes."""

import time

import pytest

from softhouse.training.data.cleaning import cleaned
from softhouse.training.data.configuration import Configuration, Filters, Source
from softhouse.training.data.document import Drop, Found
from softhouse.training.data.licences import allowed

pytest.importorskip("rensa")
pytest.importorskip("py3langid")

from softhouse.training.data.units import made_of

SIZE = 200_000
MOST_SECONDS = 10.0
"""Of the processor. These take one or less; when it grew with the square of their length, minutes, or for ever."""
WORDS = "the quick brown fox jumps over the lazy dog and runs away"


def repeated(text: str, size: int = SIZE) -> str:
    return text * (size // len(text))


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        pytest.param("markdown", f"---\n{repeated('-a: x' + chr(10))}end", id="front matter without an end"),
        pytest.param("markdown", repeated("<!-- "), id="comments without an end"),
        pytest.param("text", repeated("-----BEGIN PGP SIGNATURE-----\n"), id="signatures without an end"),
        pytest.param("text", " " * SIZE + "x \ny", id="a line of spaces"),
        pytest.param("c", repeated(f"/* {WORDS}\n", 2 * SIZE), id="comments of C without an end"),
        pytest.param("text", repeated("eyJaaaaaaaa-"), id="beginnings of tokens"),
        pytest.param(
            "text", f"-----BEGIN PRIVATE KEY-----{'a' * 20}-----END {repeated('KEY')}", id="a key without an end"
        ),
        pytest.param("markdown", repeated("\u3000\n"), id="lines of wide spaces"),
        pytest.param("html", repeated("<!-- "), id="HTML comments without an end"),
        pytest.param("html", repeated("<a b='"), id="tags without an end"),
        pytest.param("html", repeated("</", 2 * SIZE), id="end tags without an end"),
        pytest.param("html", repeated("<?", 2 * SIZE), id="instructions without an end"),
        pytest.param("html", repeated("<div>") + repeated("</p>"), id="ends of what never began"),
        pytest.param("python", f"# SPDX-License-Identifier: {'(' * 3_900}\n{WORDS}", id="a deep licence"),
    ],
)
def test_time_grows_no_faster_than_the_text(kind: str, text: str) -> None:
    source = Source(name="s", paths=(".",))
    loose = Filters(
        max_symbols_prose=1, max_symbols_code=1, max_repeated_prose=1, max_repeated_code=1, min_compressed=0
    )
    configuration = Configuration(sources=(source,), filters=loose, decontaminate=())
    began = time.process_time()
    made_of(Found("a", text, kind), source, configuration)
    assert time.process_time() - began < MOST_SECONDS


@pytest.mark.parametrize(
    ("page", "rest"),
    [
        ("---\ntitle: x\n-a: b\n- c\n  d: e\n---\nTea\n", "Tea\n"),
        ("---\ntitle: x\nno key\n---\nTea\n", "---\ntitle: x\nno key\n---\nTea\n"),
        ("---\n---\nTea\n", "---\n---\nTea\n"),
        ("---\n--- x\n---\nTea\n---\n", "Tea\n---\n"),
        ("a <!-- b <!-- c --> d --> e <!-- f\n", "a  d --> e <!-- f\n"),
        ("<!--> a --> b <!-->\n", " b <!-->\n"),
        (
            "a\n-----BEGIN PGP SIGNATURE-----\nx\n-----END PGP SIGNATURE-----\nb\n-----BEGIN PGP SIGNATURE-----\n",
            "a\nb\n-----BEGIN PGP SIGNATURE-----\n",
        ),
    ],
)
def test_what_has_an_end_is_cut_off_up_to_it(page: str, rest: str) -> None:
    assert cleaned(page, "markdown", strip=True) == rest


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("code()\n/* {words} */ code(); // x\n/* glob/* no end\ncode()\n", "c"),
        ("# x\n'''code'''\n" + '"""{words}"""\n' + 'code("""no end)\ncode()\n', "python"),
        ("// {words}\ncode()\n", "c"),
        ("#{words}\ncode()\n", "python"),
    ],
)
def test_the_language_of_comments_is_told_from_comments(code: str, kind: str) -> None:
    words = (
        "Jede Zeile, die das Wort enthält, wird in der alten Reihenfolge ausgegeben, und nichts wird verändert. " * 4
    )
    source = Source(name="s", paths=(".",))
    filters = Filters(parse_python=False, max_mean_line=2_000, max_line=2_000)
    configuration = Configuration(sources=(source,), filters=filters, decontaminate=())
    drop = made_of(Found("a", code.format(words=words), kind), source, configuration)
    assert isinstance(drop, Drop)
    assert drop.reason == "language", drop
    kept = made_of(Found("a", code.format(words=WORDS * 6), kind), source, configuration)
    assert not isinstance(kept, Drop), kept


@pytest.mark.parametrize("expression", ["(" * 60 + "MIT" + ")" * 60, " OR ".join(["MIT"] * 1_000), "(" * 100_000])
def test_a_licence_that_nobody_wrote_is_none(expression: str) -> None:
    assert not allowed(expression, {"MIT"})
    assert allowed("((MIT) OR (Apache-2.0 AND (ISC)))", {"MIT"})
