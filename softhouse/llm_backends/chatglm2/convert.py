"""From ChatGLM2's original layout to native safetensors or GGUF, one shard at a time.

A file gets its final name when it is whole, and `config.json` comes last: what a reader finds is complete.
"""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from softhouse.errors import MissingExtraError, StorageError, UnknownModelError, UsageError
from softhouse.llm_backends.chatglm2 import gguf_file, native
from softhouse.llm_backends.chatglm2.checkpoint import Checkpoint, expected_tensors
from softhouse.llm_backends.chatglm2.gguf_file import Quant
from softhouse.llm_backends.chatglm2.prompt import stop_ids
from softhouse.llm_backends.chatglm2.shape import ModelShape, read_shape
from softhouse.llm_backends.chatglm2.tokenizer import MODEL_FILE, ChatGLMTokenizer
from softhouse.llm_backends.whole_file import whole_file

Progress = Callable[[int, int], None]
"""Called with the bytes written so far and the bytes in all."""


@dataclass(frozen=True)
class _Source:
    folder: Path
    checkpoint: Checkpoint
    shape: ModelShape
    tokenizer: ChatGLMTokenizer | None
    stop_ids: list[int]


def convert(
    source: Path,
    out: Path,
    *,
    to: Literal["hf", "gguf"] = "hf",
    quant: Quant = "f16",
    on_progress: Progress | None = None,
) -> Path:
    """Convert the original checkpoint in `source`; what comes back is usable as `chatglm2:PATH`.

    `to="hf"` writes native safetensors into the folder `out`, in the checkpoint's own precision; `to="gguf"` writes
    `out/NAME-QUANT.gguf`. Peak memory is about one shard and one tensor. Raises `UsageError` for what is not a whole
    ChatGLM2 or ChatGLM3, and where `out` is a file or holds a model already; `StorageError` where the disk is full.
    """
    try:
        import torch  # noqa: F401
    except ImportError as error:
        raise MissingExtraError("local", "converting a model") from error
    read = _read(source)
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{out} can't be made a folder ({error.strerror or error}); name another --out") from None
    report = on_progress or (lambda _done, _total: None)
    try:
        return _to_native(read, out, report) if to == "hf" else _to_gguf(read, out, quant, report)
    except OSError as error:
        raise StorageError(
            f"{out} cannot be written ({error.strerror or error}); free the space and convert again"
        ) from None


def _read(source: Path) -> _Source:
    shape = read_shape(source)
    checkpoint = Checkpoint(source)
    checkpoint.check(shape)
    if shape.tied and not checkpoint.tied_in_fact():
        shape = replace(shape, tied=False)
    tokenizer = None
    if (source / MODEL_FILE).is_file():
        try:
            tokenizer = ChatGLMTokenizer.read(source, shape.chat_format)
            tokenizer.vocabulary(shape.vocab)
        except UnknownModelError as error:
            raise UsageError(f"{source} is not a ChatGLM2 that can be converted: {error}") from None
    stop = stop_ids(tokenizer, shape.eos_id) if tokenizer else [shape.eos_id]
    return _Source(source, checkpoint, shape, tokenizer, stop)


def _to_native(read: _Source, out: Path, report: Progress) -> Path:
    _refuse_existing(out / "config.json")
    dtype = next(tensor.dtype for _, tensor in read.checkpoint.tensors(read.shape))
    shards = [sizes for sizes in native.shard_sizes(read.checkpoint, read.shape) if sizes]
    names = _shard_names(len(shards))
    total = read.shape.parameters * dtype.itemsize
    _refuse_full(out, total)
    tensors = read.checkpoint.tensors(read.shape)
    places, done = dict[str, str](), 0
    for sizes, file_name in zip(shards, names, strict=True):
        with whole_file(out / file_name) as partial, partial.open("wb") as file:
            writer = native.NativeFile(file, sizes, dtype)
            while writer.due:
                name, tensor = next(tensors)
                for native_name, part in native.native_tensors(name, tensor, read.shape):
                    writer.write(native_name, part)
                done += tensor.nbytes
                report(done, total)
        places |= dict.fromkeys(sizes, file_name)
    if len(names) > 1:
        index = {"metadata": {"total_size": total}, "weight_map": places}
        _write_json(out / "model.safetensors.index.json", index)
    if read.tokenizer:
        shutil.copyfile(read.folder / MODEL_FILE, out / MODEL_FILE)
    ids = {"bos_token_id": 1, "eos_token_id": read.stop_ids, "pad_token_id": read.shape.pad_id}
    _write_json(out / "generation_config.json", {"_from_model_config": False, "do_sample": False, **ids})
    _write_json(out / "config.json", read.shape.native_config(str(dtype).removeprefix("torch."), read.stop_ids))
    return out


def _to_gguf(read: _Source, out: Path, quant: Quant, report: Progress) -> Path:
    import gguf
    import numpy as np

    shape = read.shape
    if shape.query_width != shape.hidden:
        raise UsageError(
            f"{read.folder} has heads that are together {shape.query_width} wide in a model {shape.hidden} wide, "
            "which llama.cpp does not know; convert it with: --to hf"
        )
    name = "chatglm3" if shape.chat_format == "chatglm3" else "chatglm2"
    path = out / f"{name}-{_size_label(shape)}-{quant}.gguf"
    _refuse_existing(path)
    expected = expected_tensors(shape)
    with whole_file(path) as partial:
        writer = gguf.GGUFWriter(partial, "chatglm")
        try:
            gguf_file.write_metadata(
                writer, shape, read.tokenizer, f"{name}-{_size_label(shape)}", quant, read.stop_ids
            )
            # sizes come from the shape, so every tensor is announced before the first one is read
            types, total = dict[str, str](), 0
            for original in (original for names in read.checkpoint.shards.values() for original in names):
                if original in expected:
                    tensor_name, size = gguf_file.gguf_name(original), expected[original]
                    types[original] = gguf_file.tensor_type(tensor_name, size, quant, shape.layers)
                    length = gguf_file.type_bytes(types[original], size)
                    # a dtype that is not uint8 makes the writer take `size` as numbers, not as bytes
                    kind = gguf.GGMLQuantizationType[types[original]]
                    writer.add_tensor_info(tensor_name, size, np.dtype(np.float32), length, raw_dtype=kind)
                    total += length
            _refuse_full(out, total)
            writer.write_header_to_file()
            writer.write_kv_data_to_file()
            writer.write_ti_data_to_file()
            done = 0
            for original, tensor in read.checkpoint.tensors(shape):
                data = gguf_file.quantised(gguf_file.gguf_tensor(original, tensor, shape), types[original])
                writer.write_tensor_data(data)
                done += data.nbytes
                report(done, total)
        finally:
            writer.close()
    return path


def _write_json(path: Path, content: dict[str, object]) -> None:
    with whole_file(path) as partial:
        partial.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def _shard_names(count: int) -> list[str]:
    if count == 1:
        return ["model.safetensors"]
    return [f"model-{number:05d}-of-{count:05d}.safetensors" for number in range(1, count + 1)]


def _size_label(shape: ModelShape) -> str:
    for unit, letter in ((10**9, "b"), (10**6, "m"), (10**3, "k")):
        if shape.parameters >= unit:
            return f"{shape.parameters // unit}{letter}"
    return str(shape.parameters)


def _refuse_existing(path: Path) -> None:
    if path.exists():
        raise UsageError(f"{path} exists already; remove it, or name another folder with --out")


def _refuse_full(out: Path, needed: int) -> None:
    free = shutil.disk_usage(out).free
    if free < needed:
        raise StorageError(
            f"{out} has {free / 2**30:.1f} GiB free but the model needs {needed / 2**30:.1f} GiB; name another --out"
        )
