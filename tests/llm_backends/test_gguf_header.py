from pathlib import Path

import pytest

from softhouse.errors import UnknownModelError
from softhouse.llm_backends.gguf_header import read_header

from .tiny_gguf import TEMPLATE, write_tiny_gguf


def test_a_header_says_what_the_model_is(tmp_path: Path) -> None:
    header = read_header(write_tiny_gguf(tmp_path / "tiny.gguf", context_length=777))

    assert (header.name, header.architecture, header.context_length) == ("Tiny", "llama", 777)
    assert header.parameters == 2 * 256 * 261 + 28 * 256 * 256 + 9 * 256
    assert header.chat_template == TEMPLATE


@pytest.mark.parametrize("length", [5, 100, 3000])
def test_a_file_cut_short_is_named(tmp_path: Path, length: int) -> None:
    path = write_tiny_gguf(tmp_path / "tiny.gguf")
    path.write_bytes(path.read_bytes()[:length])

    with pytest.raises(UnknownModelError, match=r"tiny\.gguf is damaged or cut short"):
        read_header(path)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 a zip file", b"version https://git-lfs.github.com/spec/v1\n"])
def test_another_kind_of_file_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "other.gguf").write_bytes(content)

    with pytest.raises(UnknownModelError, match=r"other\.gguf is not a GGUF file"):
        read_header(tmp_path / "other.gguf")


def test_a_directory_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(UnknownModelError, match="can't be read"):
        read_header(tmp_path)


def test_a_wild_length_is_damage_not_a_crash(tmp_path: Path) -> None:
    path = write_tiny_gguf(tmp_path / "tiny.gguf")
    data = bytearray(path.read_bytes())
    data[24:32] = b"\xff" * 8  # the length of the first key
    path.write_bytes(data)

    with pytest.raises(UnknownModelError, match="damaged"):
        read_header(path)
