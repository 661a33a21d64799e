"""The step `export`: the newest model, copied as it is and written as a GGUF, and compared where both can be run."""

import shutil
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from softhouse.errors import UsageError
from softhouse.llm_backends.inhouse import TRAINED
from softhouse.training.architectures.folder import TOKENIZER_FILES, read_config, write_json_object
from softhouse.training.export.gguf_file import gguf_refusal, write_gguf
from softhouse.training.step import MANIFEST_FILE, Section, StepResult, Table

if TYPE_CHECKING:
    from softhouse.training.export.comparison import Compared
    from softhouse.training.export.configuration import Configuration
    from softhouse.training.step import StepContext

OTHER_FILES = (*TOKENIZER_FILES, "generation_config.json", "model.safetensors.index.json")
"""Beside the weights; the last one says which of several files holds what."""
SHOWN = 10


def run(context: "StepContext", configuration: "Configuration") -> StepResult:
    """Write `model/` and, for a decoder, `model.gguf` into the step's folder."""
    source = find_model(context, configuration.model)
    folder, gguf = context.folder / "model", context.folder / "model.gguf"
    config = copy_model(source, folder, configuration.context)
    compared: list[Compared] = []
    if (refusal := gguf_refusal(folder)) is None:
        context.progress.begin("writing model.gguf")
        write_gguf(folder, gguf, configuration.precision)
        if configuration.prompts and find_spec("xllamacpp") is not None:
            compared = _compared(context, configuration, folder, gguf)
    outputs = [folder] if refusal else [folder, gguf]
    size = sum(path.stat().st_size for path in folder.iterdir())
    numbers: dict[str, float | int | str] = {"model": str(source), "folder, megabytes": size / 1e6}
    numbers["model.gguf, megabytes"] = f"none: {refusal}" if refusal else gguf.stat().st_size / 1e6
    if compared:
        same = sum(one.same_reply for one in compared)
        numbers["replies that llama.cpp and our file agree on"] = f"{same} of {len(compared)}"
        numbers["documents that both cut into the same tokens"] = (
            f"{sum(one.same_ids for one in compared)} of {len(compared)}"
        )
    return StepResult(inputs=[source], outputs=outputs, numbers=numbers, sections=_sections(config, refusal, compared))


def find_model(context: "StepContext", wanted: str) -> Path:
    """The folder of the model that `wanted` names. Raises `UsageError` where it isn't there."""
    if wanted == "newest":
        finished = [folder for step in TRAINED if (folder := context.find_output_of(step)) is not None]
        if not finished:
            context.output_of("pretrain")  # says which command to run
        # the stable order of TRAINED decides between two that were finished at the same moment
        return max(finished, key=lambda folder: (folder / MANIFEST_FILE).stat().st_mtime_ns) / "model"
    folder = context.output_of(wanted) / "model" if wanted in TRAINED else Path(wanted).expanduser()
    if not (folder / "config.json").is_file():
        raise UsageError(f"[export] model = {wanted!r} is no step and no folder with a model in it")
    return folder


def copy_model(source: Path, folder: Path, context: int) -> dict[str, Any]:
    """Copy the model, with a context of at least `context` where it is a decoder; returns its `config.json`."""
    config = read_config(source)
    if config.get("model_type") == "llama":
        config["max_position_embeddings"] = max(context, config.get("max_position_embeddings") or 0)
    folder.mkdir(exist_ok=True)
    for path in sorted(source.iterdir()):
        if path.suffix == ".safetensors" or path.name in OTHER_FILES:
            shutil.copyfile(path, folder / path.name)
    write_json_object(folder / "config.json", config)
    return config


def _compared(context: "StepContext", configuration: "Configuration", folder: Path, gguf: Path) -> "list[Compared]":
    from softhouse.training.export.comparison import compare
    from softhouse.training.tokenizer.learning import documents

    data = context.find_output_of("data")
    if data is None:
        return []
    paths = sorted(data.glob("validation-*.jsonl")) or sorted(data.glob("train-*.jsonl"))
    texts = (document["text"] for document in islice(documents(paths), configuration.prompts))
    return compare(folder, gguf, texts, configuration.new_tokens, context.progress)


def _sections(config: dict[str, Any], refusal: str | None, compared: "list[Compared]") -> list[Section]:
    kind = next(iter(config.get("architectures") or ()), "model of no class that is named")
    how = (
        "Talk to it with softhouse chat --model inhouse:OUT, or put it behind the roles with softhouse new "
        "--model inhouse:OUT."
        if refusal is None
        else f"There is no model.gguf: {refusal}."
    )
    rows = tuple(
        (repr(one.prompt[-60:]), repr(one.ours), "the same" if one.same_reply else repr(one.theirs), one.margin)
        for one in sorted(compared, key=lambda one: one.same_reply)[:SHOWN]
    )
    columns = ("document up to here", "our file goes on", "llama.cpp goes on", "margin where they part (logits)")
    tables = (Table(title="Continuations without sampling", columns=columns, rows=rows),) if rows else ()
    text = (
        f"A {kind}. {how} Read how it goes on with documents that it has not learned: where llama.cpp differs from our "
        "own file, the margin between the two likeliest tokens at that place says whether rounding can have decided."
    )
    return [Section(title="What was exported", text=text, parts=tables)]
