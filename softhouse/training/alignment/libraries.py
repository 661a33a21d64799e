"""The libraries that carry the steps: imported when they are used, taken as untyped, since they hardly are typed."""

import importlib
from typing import Any


def transformers() -> Any:
    """https://huggingface.co/docs/transformers"""
    return importlib.import_module("transformers")


def trl() -> Any:
    """https://huggingface.co/docs/trl"""
    return importlib.import_module("trl")
