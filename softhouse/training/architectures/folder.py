"""A model folder: what transformers calls a pretrained model, written and read by our own architectures.

`config.json`, `model.safetensors`, `generation_config.json` and the tokenizer's files. Written so that a folder that is
there is whole: the weights first, then `config.json`, each renamed into place.
"""

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from softhouse.errors import UnknownModelError
from softhouse.llm_backends.whole_file import whole_file
from softhouse.training.tokenizer.special_tokens import TURN_ENDS

if TYPE_CHECKING:
    import torch
    from torch import nn

    from softhouse.training.architectures.configuration import Architecture, Configuration
    from softhouse.training.architectures.layout import Layout

TOKENIZER_FILES = (
    "tokenizer.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "chat_template.jinja",
    "vocab.json",
    "merges.txt",
)


def build(configuration: "Configuration", vocabulary: int) -> "nn.Module":
    """A new model with random weights, drawn from torch's generator.

    >>> from softhouse.training.architectures.configuration import Configuration
    >>> build(Configuration(layers=1, width=8, heads=2, ffn=16), vocabulary=32).vocabulary
    32
    """
    match configuration.architecture:
        case "decoder":
            from softhouse.training.architectures.decoder import Decoder

            return Decoder(configuration, vocabulary)
        case "encoder":
            from softhouse.training.architectures.encoder import Encoder

            return Encoder(configuration, vocabulary)
        case "sequence_to_sequence":
            from softhouse.training.architectures.sequence_to_sequence import SequenceToSequence

            return SequenceToSequence(configuration, vocabulary)


def load(folder: Path) -> "nn.Module":
    """The model in `folder` as one of our own, in the precision in which it is stored, on the CPU.

    Raises `UnknownModelError` where there is none, or one that none of our architectures can be.
    """
    import torch
    from safetensors import SafetensorError

    from softhouse.training.architectures.layout import join

    config = read_config(folder)
    layout = next((layout for layout in _layouts().values() if layout.model_type == config.get("model_type")), None)
    if layout is None:
        raise UnknownModelError(f"{folder} is a {config.get('model_type')!r}, which none of our architectures is")
    try:
        configuration = layout.configuration(config)
        with torch.device("meta"):
            model = build(configuration, config["vocab_size"])
    except KeyError as error:
        raise UnknownModelError(f"{folder / 'config.json'} has no {error}; copy the model again") from None
    except (TypeError, ValueError, RuntimeError) as error:
        reason = _line(error)
        raise UnknownModelError(f"{folder / 'config.json'} can't be read as a {layout.model_type} ({reason})") from None
    try:
        model.load_state_dict(join(read_weights(folder), layout.parts(configuration)), assign=True)
    except (KeyError, RuntimeError, SafetensorError) as error:
        raise UnknownModelError(f"{folder} has other weights than its config.json says ({_line(error)})") from None
    if "decoder_start_token_id" in config:
        model.start = config["decoder_start_token_id"]
    return model


def save(model: "nn.Module", folder: Path, tokenizer_folder: Path) -> None:
    """Write `model` (one of ours) into `folder`, with the tokenizer that lies in `tokenizer_folder`.

    The same weights make the same bytes. What is only of use while training (dropout) is not kept.
    """
    from safetensors.torch import save_file

    from softhouse.training.architectures.layout import split

    configuration: Configuration = model.configuration  # type: ignore[assignment]
    layout = _layouts()[configuration.architecture]
    folder.mkdir(parents=True, exist_ok=True)
    for name in TOKENIZER_FILES:
        if (tokenizer_folder / name).is_file() and tokenizer_folder.resolve() != folder.resolve():
            shutil.copyfile(tokenizer_folder / name, folder / name)
    weights = {
        name: weight.detach().cpu().contiguous()
        for name, weight in split(model.state_dict(), layout.parts(configuration)).items()
    }
    with whole_file(folder / "model.safetensors") as partial:
        save_file(weights, partial, metadata={"format": "pt"})
    ids = special_ids(tokenizer_folder)
    stop = sorted({id_ for id_ in (ids["eos_token_id"], ids.pop("end_of_turn")) if id_ is not None})
    if configuration.architecture == "sequence_to_sequence":
        ids["decoder_start_token_id"] = int(model.start)  # type: ignore[arg-type]
    precision = str(next(iter(weights.values())).dtype).removeprefix("torch.")
    config = layout.config(configuration, int(model.vocabulary))  # type: ignore[arg-type]
    write_json_object(folder / "generation_config.json", {**ids, "eos_token_id": stop})
    write_json_object(folder / "config.json", {**config, **ids, "dtype": precision})


def special_ids(tokenizer_folder: Path) -> dict[str, int | None]:
    """Ids of the special tokens by the names in `config.json` (None: there is none); `end_of_turn` is ChatML's.

    Raises `UnknownModelError` where the tokenizer's files are not there or not JSON.
    """
    added = read_json_object(tokenizer_folder / "tokenizer.json").get("added_tokens") or []
    id_of = {token["content"]: int(token["id"]) for token in added}
    declared = read_json_object(tokenizer_folder / "tokenizer_config.json")
    ids: dict[str, int | None] = {}
    for name in ("bos", "eos", "pad"):
        token = declared.get(f"{name}_token")
        ids[f"{name}_token_id"] = id_of.get(token["content"] if isinstance(token, dict) else token)
    return {**ids, "end_of_turn": id_of.get(TURN_ENDS)}


def read_config(folder: Path) -> dict[str, Any]:
    """`config.json`. Raises `UnknownModelError` where it is not there or not JSON."""
    return read_json_object(folder / "config.json")


def read_json_object(path: Path) -> dict[str, Any]:
    """A file of a model folder. Raises `UnknownModelError` where it is not there or no object of JSON."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        content = None
    if not isinstance(content, dict):
        raise UnknownModelError(f"{path.parent} is not a folder with a model (no {path.name} that can be read)")
    return content


def write_json_object(path: Path, content: dict[str, Any]) -> None:
    """Whole or not at all; the same content makes the same bytes."""
    with whole_file(path) as partial:
        partial.write_text(json.dumps(content, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def read_weights(folder: Path) -> dict[str, "torch.Tensor"]:
    """All tensors of the folder's safetensors, by name."""
    from safetensors.torch import load_file

    weights: dict[str, torch.Tensor] = {}
    for path in sorted(folder.glob("*.safetensors")):
        weights |= load_file(path)
    return weights


def _layouts() -> "dict[Architecture, Layout]":
    from softhouse.training.architectures import llama, modernbert, t5

    return {"decoder": llama, "encoder": modernbert, "sequence_to_sequence": t5}


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:200]
