"""What a vocabulary is made of, and how well it fits text that it was not learned from."""

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from softhouse.errors import UsageError
from softhouse.training.figures import bars
from softhouse.training.step import Section, Table

if TYPE_CHECKING:
    from softhouse.training.progress import Progress
    from softhouse.training.tokenizer.tokenizer import Tokenizer

MEASURED_BYTES = 30_000_000
SHOWN = 25


@dataclass
class Measured:
    """Counts over documents that were not learned from."""

    documents: Counter[str] = field(default_factory=Counter)
    """By kind of document; so are the next two."""
    bytes: Counter[str] = field(default_factory=Counter)
    tokens: Counter[str] = field(default_factory=Counter)
    uses: Counter[int] = field(default_factory=Counter)
    """By token."""

    @property
    def bytes_a_token(self) -> float:
        return self.bytes.total() / max(1, self.tokens.total())


def measure(tokenizer: "Tokenizer", documents: Iterable[dict[str, str]], progress: "Progress") -> Measured:
    """Encode up to 30 MB of `documents`. Raises `UsageError` where decoding does not give the text back."""
    measured = Measured()
    progress.begin("measuring (bytes)", MEASURED_BYTES)
    for document in documents:
        text, kind = document["text"], document.get("kind", "text")
        ids, data = tokenizer.encode(text), text.encode()
        if tokenizer.decode_bytes(ids) != data:
            raise UsageError(f"the tokenizer does not give back {document.get('source', 'a document')!r}")
        measured.documents[kind] += 1
        measured.bytes[kind] += len(data)
        measured.tokens[kind] += len(ids)
        measured.uses.update(ids)
        progress.update(measured.bytes.total())
        if measured.bytes.total() >= MEASURED_BYTES:
            break
    return measured


def sections(tokenizer: "Tokenizer", measured: Measured) -> list[Section]:
    """The vocabulary report."""
    tokens, special = tokenizer.tokens, tokenizer.special_ids
    groups: dict[str, list[int]] = defaultdict(list)
    for index, token in enumerate(tokens):
        groups["special" if index in special else group_of(token)].append(index)
    longest = sorted(
        (index for index in range(len(tokens)) if index not in special), key=lambda i: (-len(tokens[i]), i)
    )
    # each byte has a token, whether it is used or not
    unused = [index for index in longest if len(tokens[index]) > 1 and not measured.uses[index]]
    lengths = Counter(min(len(token), 17) for index, token in enumerate(tokens) if index not in special)
    return [
        Section(
            title="How long are the tokens?",
            text=(
                "Text that was not learned from, by kind. More bytes a token mean that a context holds more, and that "
                "a text costs fewer steps. A kind far below the others is one that the training text has too little of."
            ),
            parts=(
                Table(
                    title="Bytes a token",
                    columns=("kind", "documents", "bytes", "tokens", "bytes a token"),
                    rows=tuple(_fit(kind, measured) for kind in sorted(measured.documents)),
                ),
                bars(
                    "Tokens of the vocabulary by their length",
                    {_length_name(length): lengths[length] for length in sorted(lengths)},
                    x_label="tokens",
                ),
            ),
        ),
        Section(
            title="What is the vocabulary made of?",
            text=(
                "Runs of spaces make indentation cheap. A piece of a character stands for the beginning or the end of "
                "a character's bytes; many of them mean that characters (Chinese ones, mostly) were too rare to become "
                f"tokens. {len(unused):,} learned tokens were not used at all in the text of the table above: most are "
                "parts of longer tokens, or words of single documents of the training text."
            ),
            parts=(
                Table(
                    title="Groups of tokens",
                    columns=("group", "tokens", "share of the vocabulary", "share of the text's tokens", "unused"),
                    rows=tuple(_group(name, groups[name], len(tokens), measured) for name in sorted(groups)),
                ),
                Table(
                    title="Longest tokens",
                    columns=("id", "token", "bytes", "uses"),
                    rows=_rows(longest, tokens, measured),
                ),
                Table(
                    title="Most used tokens",
                    columns=("id", "token", "bytes", "uses"),
                    rows=_rows([index for index, _ in measured.uses.most_common()], tokens, measured),
                ),
                Table(
                    title="Unused tokens",
                    columns=("id", "token", "bytes", "uses"),
                    rows=_rows(unused, tokens, measured),
                ),
            ),
        ),
    ]


def group_of(token: bytes) -> str:
    """What a token is made of.

    >>> [group_of(text.encode()) for text in (" return", "        ", "你好", "7", "):", "\\r\\n", "é", ".append")]
    ['word', 'spaces', 'Chinese, Japanese, Korean', 'digit', 'punctuation', 'line ends', 'word', 'word']
    >>> group_of("你".encode()[:2])
    'piece of a character'
    """
    if len(token) == 1 and not token.isascii():
        return "piece of a character"
    try:
        text = token.decode()
    except UnicodeDecodeError:
        return "piece of a character"
    if text.isspace():
        return "line ends" if set(text) & set("\r\n") else "spaces"
    if any(unicodedata.name(character, "").startswith(("CJK", "HIRAGANA", "KATAKANA", "HANGUL")) for character in text):
        return "Chinese, Japanese, Korean"
    if any(character.isalpha() for character in text):
        return "word"
    return "digit" if any(character.isdigit() for character in text) else "punctuation"


def _fit(kind: str, measured: Measured) -> tuple[str, int, int, int, float]:
    tokens = measured.tokens[kind]
    return kind, measured.documents[kind], measured.bytes[kind], tokens, measured.bytes[kind] / max(1, tokens)


def _group(name: str, ids: Sequence[int], size: int, measured: Measured) -> tuple[str, int, str, str, int]:
    used = sum(measured.uses[index] for index in ids) / max(1, measured.uses.total())
    unused = sum(not measured.uses[index] for index in ids)
    return name, len(ids), f"{len(ids) / size:.1%}", f"{used:.1%}", unused


def _rows(ids: Sequence[int], tokens: Sequence[bytes], measured: Measured) -> tuple[tuple[int, str, int, int], ...]:
    return tuple(
        (index, repr(tokens[index].decode("utf-8", "backslashreplace")), len(tokens[index]), measured.uses[index])
        for index in ids[:SHOWN]
    )


def _length_name(length: int) -> str:
    return "17 bytes or more" if length == 17 else f"{length} byte{'s' * (length > 1)}"
