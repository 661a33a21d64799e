"""The header of a GGUF file: what a model is, read without loading it.

Format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
"""

import mmap
import struct
from dataclasses import dataclass
from math import prod
from pathlib import Path

from softhouse.errors import UnknownModelError

_SCALARS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
_STRING, _ARRAY = 8, 9


@dataclass(frozen=True)
class GgufHeader:
    """What the house wants to know of a model."""

    name: str
    architecture: str
    parameters: int
    """How many weights it has."""
    context_length: int
    """The longest text it was trained on, in tokens."""
    chat_template: str
    """Empty where the file has none: a base model."""
    embeddings: bool = False
    """Whether it was made to turn texts into vectors: it says how the vectors of the tokens become one."""


def read_header(path: Path) -> GgufHeader:
    """Read the header of the GGUF file `path` (35 ms for a vocabulary of 150,000).

    Raises `UnknownModelError` where the file is missing, is no GGUF file, or is cut short.
    """
    try:
        with path.open("rb") as file:
            if file.read(4) != b"GGUF":
                raise UnknownModelError(f"{path} is not a GGUF file; give the path of a .gguf model")
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
                return _Reader(data).header()
    except (struct.error, KeyError, UnicodeDecodeError, OverflowError) as error:
        raise UnknownModelError(f"{path} is damaged or cut short; fetch it again") from error
    except OSError as error:
        raise UnknownModelError(f"the model {path} can't be read: {error.strerror or error}") from error


class _Reader:
    def __init__(self, data: mmap.mmap) -> None:
        self.data = data
        self.offset = 4

    def header(self) -> GgufHeader:
        _version, tensors, pairs = self.take("IQQ")
        values = {}
        for _ in range(pairs):
            key = self.string()
            values[key] = self.value(self.take("I")[0])
        parameters = sum(self.tensor_size() for _ in range(tensors))
        architecture = str(values["general.architecture"])
        return GgufHeader(
            name=str(values.get("general.name", "")),
            architecture=architecture,
            parameters=parameters,
            context_length=int(str(values[f"{architecture}.context_length"])),
            chat_template=str(values.get("tokenizer.chat_template", "")),
            embeddings=bool(values.get(f"{architecture}.pooling_type")),
        )

    def take(self, layout: str) -> tuple[int, ...]:
        values = struct.unpack_from("<" + layout, self.data, self.offset)
        self.offset += struct.calcsize("<" + layout)
        return values

    def string(self) -> str:
        (length,) = self.take("Q")
        start, self.offset = self.offset, self.offset + length
        return self.data[start : self.offset].decode("utf-8")

    def value(self, kind: int) -> str | float | None:
        """A string or a number; arrays (the vocabulary) are passed over."""
        if kind == _STRING:
            return self.string()
        if kind != _ARRAY:
            return self.take(_SCALARS[kind])[0]
        element, length = self.take("IQ")
        if element == _STRING:
            self.skip_strings(length)
        elif element == _ARRAY:
            for _ in range(length):
                self.value(_ARRAY)
        else:
            self.offset += length * struct.calcsize("<" + _SCALARS[element])
        return None

    def skip_strings(self, count: int) -> None:
        data, offset, read = self.data, self.offset, struct.Struct("<Q").unpack_from
        for _ in range(count):
            offset += 8 + read(data, offset)[0]
        self.offset = offset

    def tensor_size(self) -> int:
        self.string()
        (dimensions,) = self.take("I")
        size = prod(self.take(f"{dimensions}Q"))
        self.take("IQ")
        return size
