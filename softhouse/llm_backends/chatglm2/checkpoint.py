"""The original checkpoint on disk: which file holds which tensor, and the tensors one shard at a time."""

import json
import pickle
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from softhouse.errors import UsageError
from softhouse.llm_backends.chatglm2.shape import ModelShape

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import Tensor

EMBEDDING = "transformer.embedding.word_embeddings.weight"
FINAL_NORM = "transformer.encoder.final_layernorm.weight"
OUTPUT = "transformer.output_layer.weight"
# a table of constants; both engines compute it themselves
_IGNORED = ("transformer.rotary_pos_emb.inv_freq",)


def layer_name(layer: int, part: str) -> str:
    """The original's name of one tensor of a layer.

    >>> layer_name(3, "mlp.dense_4h_to_h.weight")
    'transformer.encoder.layers.3.mlp.dense_4h_to_h.weight'
    """
    return f"transformer.encoder.layers.{layer}.{part}"


def expected_tensors(shape: ModelShape) -> dict[str, tuple[int, ...]]:
    """Name and shape of every tensor that a checkpoint of `shape` must hold."""
    tensors: dict[str, tuple[int, ...]] = {EMBEDDING: (shape.vocab, shape.hidden)}
    matrices = shape.layer_matrices
    for layer in range(shape.layers):
        parts: dict[str, tuple[int, ...]] = {
            "input_layernorm.weight": (shape.hidden,),
            "self_attention.query_key_value.weight": matrices["query_key_value"],
            "self_attention.dense.weight": matrices["dense"],
            "post_attention_layernorm.weight": (shape.hidden,),
            "mlp.dense_h_to_4h.weight": matrices["dense_h_to_4h"],
            "mlp.dense_4h_to_h.weight": matrices["dense_4h_to_h"],
        }
        if shape.qkv_bias:
            parts["self_attention.query_key_value.bias"] = (matrices["query_key_value"][0],)
        tensors |= {layer_name(layer, part): size for part, size in parts.items()}
    tensors[FINAL_NORM] = (shape.hidden,)
    if not shape.tied:
        tensors[OUTPUT] = (shape.vocab, shape.hidden)
    return tensors


class Checkpoint:
    """The weights of one folder: a single file, or shards with an index; PyTorch's zip format or safetensors."""

    def __init__(self, folder: Path) -> None:
        """Raises `UsageError` where there are no weights, or a shard of the index is missing."""
        self.folder = folder
        self.shards: dict[Path, list[str]] = {}
        for stem, suffix in (("model", "safetensors"), ("pytorch_model", "bin")):
            index, single = folder / f"{stem}.{suffix}.index.json", folder / f"{stem}.{suffix}"
            if index.is_file():
                self._read_index(index)
                return
            if single.is_file():
                with opened(single) as tensors:
                    self.shards[single] = list(tensors)
                return
        raise UsageError(
            f"{folder} holds no weights (pytorch_model*.bin or model*.safetensors); download the whole checkpoint"
        )

    def _read_index(self, index: Path) -> None:
        try:
            places: dict[str, str] = json.loads(index.read_text(encoding="utf-8"))["weight_map"]
        except (OSError, ValueError, KeyError) as error:
            raise UsageError(f"{index} is not an index of shards ({error!r}); download it again") from None
        for name, shard in sorted(places.items(), key=lambda item: item[1]):
            # only the last part: an index must not point out of its folder
            self.shards.setdefault(self.folder / Path(shard).name, []).append(name)
        if missing := [path.name for path in self.shards if not path.is_file()]:
            raise UsageError(f"{self.folder} lacks {', '.join(missing)}, which its index names; finish the download")

    @property
    def names(self) -> set[str]:
        return {name for names in self.shards.values() for name in names if name not in _IGNORED}

    def check(self, shape: ModelShape) -> None:
        """`UsageError` unless the names are exactly those of `shape`."""
        expected = set(expected_tensors(shape))
        if shape.tied:
            expected |= self.names & {OUTPUT}
        if prefix := [name for name in self.names if "prefix_encoder" in name]:
            raise UsageError(
                f"{self.folder} carries a prefix encoder (P-tuning v2: {prefix[0]}); convert the model it was tuned on"
            )
        if missing := sorted(expected - self.names):
            raise UsageError(f"{self.folder} is not a whole ChatGLM2: it lacks {_some(missing)}")
        if surplus := sorted(self.names - expected):
            raise UsageError(f"{self.folder} is not a plain ChatGLM2: it also holds {_some(surplus)}")

    def tensors(self, shape: ModelShape) -> Iterator[tuple[str, "Tensor"]]:
        """Every tensor with its name, shard by shard; a tensor must not be kept past the next one.

        Raises `UsageError` for a tensor of another size, or of integers (a quantised checkpoint).
        """
        expected = expected_tensors(shape)
        for path, names in self.shards.items():
            with opened(path) as tensors:
                for name in names:
                    if name in expected:
                        tensor = tensors[name]
                        _check_tensor(path, name, tensor, expected[name])
                        yield name, tensor

    def tied_in_fact(self) -> bool:
        """Whether the output layer is absent or equal to the embedding: the original never ties what differs."""
        import torch

        places = {name: path for path, names in self.shards.items() for name in names}
        if OUTPUT not in places:
            return True
        with opened(places[EMBEDDING]) as first, opened(places[OUTPUT]) as second:
            return bool(torch.equal(first[EMBEDDING], second[OUTPUT]))


@contextmanager
def opened(path: Path) -> Iterator["Mapping[str, Tensor]"]:
    """The tensors of one file, mapped where the format allows; code in a pickle is never run (`weights_only`)."""
    from safetensors import SafetensorError

    try:
        tensors = _load(path)
    except (OSError, EOFError, RuntimeError, pickle.UnpicklingError, ValueError, SafetensorError) as error:
        reason = str(error).strip().splitlines()[0][:200] if str(error).strip() else type(error).__name__
        raise UsageError(f"{path} is not a readable file of weights ({reason}); download it again") from None
    if not isinstance(tensors, dict):
        raise UsageError(f"{path} holds a {type(tensors).__name__}, not named tensors; download it again")
    yield tensors


def _load(path: Path) -> "Mapping[str, Tensor]":
    import torch
    from safetensors.torch import load_file

    if path.suffix == ".safetensors":
        return load_file(path)
    try:
        return torch.load(path, map_location="cpu", weights_only=True, mmap=True)  # type: ignore[no-any-return]
    except RuntimeError:
        # files from before PyTorch 1.6 are no zip archives and cannot be mapped
        return torch.load(path, map_location="cpu", weights_only=True)  # type: ignore[no-any-return]


def _check_tensor(path: Path, name: str, tensor: "Tensor", size: tuple[int, ...]) -> None:
    if not tensor.is_floating_point():
        raise UsageError(
            f"{path} is quantised ({name} holds {tensor.dtype}); convert the half-precision release instead"
        )
    if tuple(tensor.shape) != size:
        raise UsageError(f"{path}: {name} is {tuple(tensor.shape)}, but by config.json it must be {size}")


def _some(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more tensors"
