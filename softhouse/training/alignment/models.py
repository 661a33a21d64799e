"""The model that a step begins with, and the folder that it leaves: Hugging Face's layout, in float32."""

import json
import shutil
from pathlib import Path
from typing import Any

from softhouse.errors import UsageError
from softhouse.training.alignment.dequantise import dequantise
from softhouse.training.alignment.libraries import transformers
from softhouse.training.architectures.folder import TOKENIZER_FILES
from softhouse.training.manifest import hash_of
from softhouse.training.step import StepContext
from softhouse.training.tokenizer.special_tokens import CHAT_TEMPLATE, TURN_ENDS

STEPS_WITH_MODELS = ("pretrain", "sft", "dpo", "reward", "rlhf")


def model_folder(context: StepContext, model: str) -> tuple[Path, Path]:
    """The folder behind `model`, and what to name as the step's input.

    `model`: an earlier step's name, a model folder, or a GGUF (`PATH.gguf` or `gguf:PATH`), which is dequantised into
    the step's folder once, under a name by its content. Raises `UsageError`.
    """
    if model in STEPS_WITH_MODELS:
        folder = context.output_of(model) / "model"
        return folder, folder
    path = Path(model.removeprefix("gguf:")).expanduser()
    if path.is_file():
        return dequantise(path, context.folder / f"dequantised-{hash_of(path)[:20]}"), path
    if not (path / "config.json").is_file():
        raise UsageError(
            f"model = {model!r} is neither a step ({', '.join(STEPS_WITH_MODELS)}), nor a folder with a config.json, "
            "nor a GGUF; correct it in the configuration"
        )
    return path, path


def load_tokenizer(folder: Path) -> Any:
    """The tokenizer of a model folder, ready for conversations: with a chat template, padding, and the turn's end."""
    tokenizer = transformers().AutoTokenizer.from_pretrained(folder, local_files_only=True)
    if not tokenizer.chat_template:
        tokenizer.chat_template = CHAT_TEMPLATE
    if TURN_ENDS in tokenizer.get_vocab():
        tokenizer.eos_token = TURN_ENDS
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
    return tokenizer


def load_model(folder: Path, tokenizer: Any, *, scores: bool = False) -> Any:
    """The causal language model of a folder; with `scores`, the same under a head that gives one number a text.

    Raises `UsageError` for a model that writes no text from left to right.
    """
    import torch

    known: dict[str, Any] = {"dtype": torch.float32, "local_files_only": True}
    if not scores and is_reward_model(folder):
        raise UsageError(f"{folder} is a reward model, which writes nothing; name the model that it began as")
    kind = transformers().AutoModelForSequenceClassification if scores else transformers().AutoModelForCausalLM
    try:
        model = kind.from_pretrained(folder, **known, **({"num_labels": 1} if scores else {}))
    except ValueError as error:
        reason = " ".join(str(error).split())[:120]
        raise UsageError(f"{folder} can't be tuned, only decoders can ({reason})") from None
    if not scores:
        model.generation_config = transformers().GenerationConfig(
            eos_token_id=tokenizer.eos_token_id, pad_token_id=tokenizer.pad_token_id
        )
    model.config.eos_token_id = tokenizer.eos_token_id
    model.config.pad_token_id = tokenizer.pad_token_id
    return model


def load_configuration(folder: Path) -> Any:
    """Its `config.json`, as transformers reads it."""
    return transformers().AutoConfig.from_pretrained(folder, local_files_only=True)


def longest_row(folder: Path, wanted: int) -> int:
    """Tokens of a row, prompt and answer: at most `wanted`, and no more than the model of a folder can read.

    Of a model that says nothing of its context, `wanted` is taken.
    """
    context: int = getattr(load_configuration(folder), "max_position_embeddings", None) or wanted
    return min(wanted, context)


def is_reward_model(folder: Path) -> bool:
    """Whether the step `reward`, or somebody else, gave it a head for scores."""
    declared = json.loads((folder / "config.json").read_text(encoding="utf-8")).get("architectures") or [""]
    return str(declared[0]).endswith("ForSequenceClassification")


def save_model(model: Any, tokenizer: Any, source: Path, folder: Path) -> Path:
    """Write a model folder; what LoRA learned is added to the weights first.

    The tokenizer's files and what ends a text are those of `source`, where the step began; what ends a turn is added.
    """
    import peft

    whole = model.merge_and_unload() if isinstance(model, peft.PeftModel) else model
    before = load_configuration(source)
    listed = before.eos_token_id if isinstance(before.eos_token_id, list) else [before.eos_token_id]
    ends = sorted({end for end in (*listed, tokenizer.eos_token_id) if end is not None})
    whole.config.eos_token_id = tokenizer.eos_token_id if before.eos_token_id is None else before.eos_token_id
    if whole.can_generate():
        whole.generation_config.eos_token_id = ends
    whole.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    if transformers().AutoTokenizer.from_pretrained(source, local_files_only=True).chat_template:
        for name in TOKENIZER_FILES:
            if (source / name).is_file():
                shutil.copyfile(source / name, folder / name)
    return folder
