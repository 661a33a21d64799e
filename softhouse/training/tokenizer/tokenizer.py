"""Text, or any bytes, to ids and back."""

import functools
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from softhouse.errors import UsageError

TOKENIZER_FILE = "tokenizer.json"
_STRAY_BYTES = re.compile("([\udc80-\udcff]+)")


class Tokenizer:
    """A vocabulary at work. What looks like a special token is text here: ids of special tokens are put in by hand.

    >>> tokenizer = Tokenizer.open(Path("out/tokenizer"))  # doctest: +SKIP
    >>> tokenizer.decode(tokenizer.encode("print('你好')"))  # doctest: +SKIP
    "print('你好')"
    """

    def __init__(self, tokenizer: Any) -> None:
        """`tokenizer`: a `tokenizers.Tokenizer` of the byte-level kind."""
        tokenizer.encode_special_tokens = True
        self._tokenizer = tokenizer
        self.size: int = tokenizer.get_vocab_size()
        self._special = {token.content for token in tokenizer.get_added_tokens_decoder().values()}
        byte_of = {character: byte for byte, character in character_of_byte().items()}
        self._bytes_of: list[bytes] = [b""] * self.size
        for token, index in tokenizer.get_vocab().items():
            plain = token in self._special
            self._bytes_of[index] = token.encode() if plain else bytes(byte_of[character] for character in token)
        self._id_of_byte = [tokenizer.token_to_id(character) for _, character in sorted(character_of_byte().items())]

    @classmethod
    def open(cls, folder: Path) -> "Tokenizer":
        """The tokenizer in `folder` (of the step, or a model's). Raises `UsageError`."""
        from tokenizers import Tokenizer as Library

        path = folder / TOKENIZER_FILE
        if not path.is_file():
            raise UsageError(f"{folder} has no {TOKENIZER_FILE}; make one with: softhouse train tokenizer")
        try:
            return cls(Library.from_file(str(path)))
        except Exception as error:  # the library raises plain Exceptions
            raise UsageError(f"{path} can't be read as a byte-level tokenizer ({error!r})") from None

    def encode(self, text: str) -> list[int]:
        """Ids of `text`, in which `str.decode`'s surrogate escapes stand for bytes that are no UTF-8."""
        if not _STRAY_BYTES.search(text):
            return list(self._tokenizer.encode(text, add_special_tokens=False).ids)
        ids: list[int] = []
        for part in _STRAY_BYTES.split(text):
            if _STRAY_BYTES.match(part):
                ids += [self._id_of_byte[byte] for byte in part.encode("utf-8", "surrogateescape")]
            else:
                ids += self._tokenizer.encode(part, add_special_tokens=False).ids
        return ids

    def encode_batch(self, texts: Sequence[str]) -> list[list[int]]:
        """Ids of each of `texts` (without stray bytes), on all cores that the library may use."""
        return [encoding.ids for encoding in self._tokenizer.encode_batch_fast(texts, add_special_tokens=False)]

    def encode_bytes(self, data: bytes) -> list[int]:
        """Ids of any bytes; what is UTF-8 has the same ids as the text."""
        return self.encode(data.decode("utf-8", "surrogateescape"))

    def decode_bytes(self, ids: Iterable[int]) -> bytes:
        """The bytes of `ids`: of `encode_bytes(data)`, always `data`. Special tokens are spelled out."""
        return b"".join(self._bytes_of[index] for index in ids)

    def decode(self, ids: Iterable[int]) -> str:
        """The text of `ids`; a � where they are no UTF-8, such as a character that was cut in the middle."""
        return self.decode_bytes(ids).decode("utf-8", "replace")

    def token(self, text: str) -> int | None:
        """The id of a special token."""
        index: int | None = self._tokenizer.token_to_id(text) if text in self._special else None
        return index

    @property
    def tokens(self) -> Sequence[bytes]:
        """The bytes of each token, by id."""
        return self._bytes_of

    @property
    def special_ids(self) -> frozenset[int]:
        """Ids of the tokens that no text is made of."""
        return frozenset(self._tokenizer.token_to_id(token) for token in self._special)


@functools.cache
def character_of_byte() -> Mapping[int, str]:
    """How byte-level vocabularies write each byte: as itself where that can be printed, else shifted beyond 255.

    After GPT-2, https://github.com/openai/gpt-2/blob/master/src/encoder.py

    >>> character_of_byte()[65], character_of_byte()[32]
    ('A', 'Ġ')
    """
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    shifted = [byte for byte in range(256) if byte not in printable]
    return {byte: chr(byte) for byte in printable} | {byte: chr(256 + place) for place, byte in enumerate(shifted)}
