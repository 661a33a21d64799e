import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

# tiny matrices are slower on two threads than on one, and the machine may be busy: read when torch is first imported
os.environ.setdefault("OMP_NUM_THREADS", "1")

from softhouse.llm_backends.chatglm2.convert import convert
from softhouse.llm_backends.chatglm2.synthetic import sentencepiece_model, write_checkpoint

PARITY = Path(__file__).parents[2].parent / "shared" / "chatglm2_parity"


@pytest.fixture(scope="session")
def parity_folder() -> Path:
    """A tiny checkpoint in the original layout and what the original code computed from it."""
    if not (PARITY / "parity.npz").is_file():
        pytest.skip(f"{PARITY} is not on this machine")
    return PARITY


@pytest.fixture(scope="session")
def parity(parity_folder: Path) -> dict[str, Any]:
    with np.load(parity_folder / "parity.npz") as arrays:
        return dict(arrays)


@pytest.fixture(scope="session")
def pieces() -> bytes:
    return sentencepiece_model()


@pytest.fixture(scope="session")
def original(tmp_path_factory: pytest.TempPathFactory, pieces: bytes) -> Path:
    return write_checkpoint(tmp_path_factory.mktemp("original"), tokenizer=pieces, shards=3)


@pytest.fixture(scope="session")
def native(tmp_path_factory: pytest.TempPathFactory, original: Path) -> Path:
    return convert(original, tmp_path_factory.mktemp("native"))


@pytest.fixture(scope="session")
def gguf_path(tmp_path_factory: pytest.TempPathFactory, original: Path) -> Path:
    return convert(original, tmp_path_factory.mktemp("gguf"), to="gguf", quant="f16")
