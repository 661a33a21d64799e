"""A real OpenAI-compatible server on loopback: llama.cpp's own, with a model of this machine."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from softhouse.llm_backends import llama_server as child
from softhouse.llm_backends.llama_server import ServerOptions


@contextmanager
def llama_server(model: Path, options: ServerOptions | None = None) -> Iterator[str]:
    """Serve the GGUF file `model`; yields the base URL once the model answers, and ends the server on leaving.

    It asks for no key, so only use it where everyone on the machine may use the model. Needs `softhouse[embedded]`.
    Raises `RuntimeError` where the model can't be loaded.

    >>> with llama_server(Path("model.gguf")) as base_url:  # doctest: +SKIP
    ...     softhouse.build("Write …", model=f"openai:any@{base_url}")
    """
    server = child.start(model, options or ServerOptions(), key="")
    try:
        yield f"{server.url}/v1"
    finally:
        server.close()
