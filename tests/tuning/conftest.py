import os
from pathlib import Path

import pytest

# tiny matrices are slower on two threads than on one, and the machine may be busy: read when torch is first imported
os.environ.setdefault("OMP_NUM_THREADS", "1")

from softhouse.llm_backends.chatglm2.convert import convert
from softhouse.llm_backends.chatglm2.synthetic import sentencepiece_model, write_checkpoint
from softhouse.llm_backends.chatglm2.tokenizer import ChatGLMTokenizer


@pytest.fixture(scope="session")
def pieces() -> bytes:
    return sentencepiece_model()


@pytest.fixture(scope="session")
def tokenizer(pieces: bytes) -> ChatGLMTokenizer:
    return ChatGLMTokenizer(pieces)


@pytest.fixture(scope="session")
def native(tmp_path_factory: pytest.TempPathFactory, pieces: bytes) -> Path:
    """A tiny ChatGLM2 of random weights, converted, in two files."""
    original = write_checkpoint(tmp_path_factory.mktemp("original"), tokenizer=pieces, shards=2)
    return convert(original, tmp_path_factory.mktemp("native"))
