"""ChatGLM2-6B and ChatGLM3-6B at home: converted once, then `chatglm2:PATH` on transformers or on llama.cpp."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from softhouse.llm_backends.protocol import Backend


def create(rest: str, *, base_url: str | None = None) -> "Backend":
    """The backend for `chatglm2:` + `rest`, the path of what `softhouse models convert` wrote.

    A `.gguf` file runs on llama.cpp, a folder of native weights on transformers. Raises `UnknownModelError` for
    anything else, `MissingExtraError`.
    """
    from softhouse.llm_backends.chatglm2.backend import open_backend

    return open_backend(rest, base_url=base_url)
