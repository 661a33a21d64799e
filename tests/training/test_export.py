"""The same model for llama.cpp: the same tokens of every text, the same tokens after every prompt."""

import json
import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import torch

from softhouse.errors import SofthouseError, UsageError
from softhouse.llm_backends.gguf_header import read_header
from softhouse.training.architectures import Configuration as Shape
from softhouse.training.architectures import build, load, save
from softhouse.training.architectures.generation import generate
from softhouse.training.configuration import TrainingConfiguration
from softhouse.training.export import run
from softhouse.training.export.comparison import compare
from softhouse.training.export.gguf_file import gguf_refusal, llama_cpp_pattern, write_gguf
from softhouse.training.progress import Silence
from softhouse.training.step import StepContext, StepResult, Table
from softhouse.training.tokenizer.tokenizer import Tokenizer

pytestmark = pytest.mark.torch

SHAPE = Shape(layers=2, width=64, heads=4, kv_heads=2, ffn=96, context=128, rope_theta=5000.0)
VOCABULARY = 700


def write_model(folder: Path, tokenizer: Path, shape: Shape = SHAPE) -> Path:
    """A model whose likeliest tokens stand out: weights far from where a training begins."""
    torch.manual_seed(3)
    model = build(shape, VOCABULARY)
    with torch.no_grad():
        for weight in model.parameters():
            weight.add_(torch.randn_like(weight), alpha=0.1)
    save(model, folder, tokenizer)
    return folder


@pytest.fixture(scope="module")
def decoder(tmp_path_factory: pytest.TempPathFactory, learned_vocabulary: Path) -> Path:
    return write_model(tmp_path_factory.mktemp("decoder") / "model", learned_vocabulary / "tokenizer")


def texts() -> Sequence[str]:
    """Python, every character of the first planes that llama.cpp and `tokenizers` could see differently, and emoji."""
    code = Path(os.__file__).read_text(encoding="utf-8")
    characters = [chr(point) for point in range(1, 0x3100) if not 0xD800 <= point < 0xE000]
    characters += [chr(point) for point in (*range(0x4E00, 0x9FFF, 97), *range(0x1F300, 0x1FAFF, 7), 0xFF21, 0xFFFD)]
    everything = "".join(f"{one}{' ' * (place % 3)}" for place, one in enumerate(characters))
    return [
        *(code[start : start + 900] for start in range(0, 18_000, 900)),
        *(everything[start : start + 900] for start in range(0, len(everything), 900)),
        "I'LL we've ſ'S <|im_start|>\t\t \r\n \n\n   x\r\r  ",
    ]


@pytest.mark.parametrize("tied", [True, False])
def test_llama_cpp_reads_and_writes_the_same_tokens(tied: bool, tmp_path: Path, learned_vocabulary: Path) -> None:
    shape = SHAPE.model_copy(update={"tied": tied})
    folder = write_model(tmp_path / "model", learned_vocabulary / "tokenizer", shape)
    write_gguf(folder, tmp_path / "model.gguf", "f32")

    compared = compare(folder, tmp_path / "model.gguf", texts(), 16, Silence(), threads=1)

    assert [one.prompt for one in compared if not one.same_ids] == []
    assert [one for one in compared if one.margin is not None and one.margin > 1e-3] == []
    assert sum(one.same_reply for one in compared) >= 0.9 * len(compared) >= 30
    assert len({one.ours for one in compared}) > len(compared) / 2, "else it says the same whatever it reads"


def test_the_margin_is_that_of_the_place_where_replies_part(
    decoder: Path, tmp_path: Path, learned_vocabulary: Path
) -> None:
    ours: Any = load(decoder)
    other: Any = load(decoder)
    with torch.no_grad():
        for weight in other.parameters():
            weight.mul_(1 + 0.02 * torch.randn(weight.shape, generator=torch.Generator().manual_seed(1)))
    save(other, tmp_path / "other", learned_vocabulary / "tokenizer")
    write_gguf(tmp_path / "other", tmp_path / "other.gguf", "f32")
    beginnings = ("def number_{}(", "class Thing{}:", "for item in range({}):", "import module_{}")
    short = [beginning.format(count) for beginning in beginnings for count in range(6)]

    compared = compare(decoder, tmp_path / "other.gguf", short, 8, Silence(), threads=1)

    tokenizer, places = Tokenizer.open(decoder), []
    for text, one in zip(short, compared, strict=True):
        prompt = tokenizer.encode(text)
        [mine], [theirs] = (generate(model, [prompt], 8, stop=frozenset({0, 3})) for model in (ours, other))
        assert (one.ours, one.theirs) == (tokenizer.decode(mine), tokenizer.decode(theirs))
        assert one.same_reply == (mine == theirs)
        if one.margin is not None:
            places.append(next(place for place in range(8) if mine[place] != theirs[place]))
            best, second = ours(torch.tensor([prompt + mine]))[0, len(prompt) - 1 + places[-1]].topk(2).values.tolist()
            assert one.margin == pytest.approx(best - second, abs=1e-4)
    assert 0 < len(places) < len(short)
    assert len(set(places)) > 1


@pytest.mark.parametrize(("precision", "size"), [("f32", 1.0), ("f16", 0.5), ("q8_0", 0.27)])
def test_precision_decides_the_size(precision: Any, size: float, decoder: Path, tmp_path: Path) -> None:
    write_gguf(decoder, tmp_path / "model.gguf", precision)
    write_gguf(decoder, tmp_path / "again.gguf", precision)

    assert (tmp_path / "model.gguf").read_bytes() == (tmp_path / "again.gguf").read_bytes()
    matrices = sum(weight.numel() for weight in load(decoder).parameters()) * 4
    vocabulary = 30_000
    assert (tmp_path / "model.gguf").stat().st_size == pytest.approx(matrices * size + vocabulary, rel=0.1)
    assert read_header(tmp_path / "model.gguf").context_length == 128
    half = compare(decoder, tmp_path / "model.gguf", texts()[:8], 1, Silence(), threads=1)
    assert sum(one.same_reply for one in half) >= 6


def copied(source: Path, folder: Path) -> Path:
    return Path(shutil.copytree(source, folder, dirs_exist_ok=True))


def finished(out: Path, step: str, model: Path, moment: int) -> None:
    (out / step).mkdir()
    (out / step / "model").symlink_to(model, target_is_directory=True)
    (out / step / "manifest.json").write_text("{}")
    os.utime(out / step / "manifest.json", (moment, moment))


def exported(out: Path, section: dict[str, Any]) -> StepResult:
    (out / "export").mkdir(exist_ok=True)
    context = StepContext(out=out, folder=out / "export", seed=0, progress=Silence())
    return run(context, TrainingConfiguration("test", {"export": section}))


def test_the_step_exports_the_newest_model_and_shows_how_it_goes_on(
    decoder: Path, learned_vocabulary: Path, tmp_path: Path
) -> None:
    other = write_model(tmp_path / "other", learned_vocabulary / "tokenizer", SHAPE.model_copy(update={"layers": 1}))
    finished(tmp_path, "sft", other, 1_000)
    finished(tmp_path, "pretrain", decoder, 2_000)
    (tmp_path / "data").symlink_to(learned_vocabulary / "data", target_is_directory=True)
    if not (learned_vocabulary / "data" / "manifest.json").exists():
        (learned_vocabulary / "data" / "manifest.json").write_text("{}")

    result = exported(tmp_path, {"new_tokens": 8, "context": 4096})

    folder, gguf = tmp_path / "export" / "model", tmp_path / "export" / "model.gguf"
    assert result.inputs == [tmp_path / "pretrain" / "model"]
    assert result.outputs == [folder, gguf]
    assert (folder / "model.safetensors").read_bytes() == (decoder / "model.safetensors").read_bytes()
    before, after = (json.loads((path / "config.json").read_text()) for path in (decoder, folder))
    assert after == {**before, "max_position_embeddings": 4096}
    assert read_header(gguf).context_length == 4096
    assert result.numbers["documents that both cut into the same tokens"] == "1 of 1"
    assert result.numbers["replies that llama.cpp and our file agree on"] == "1 of 1"
    [table] = [part for part in result.sections[0].parts if isinstance(part, Table)]
    assert table.rows[0][2] == "the same"

    again = exported(tmp_path, {"model": "sft", "prompts": 0})
    assert again.inputs == [tmp_path / "sft" / "model"]
    assert json.loads((folder / "config.json").read_text())["num_hidden_layers"] == 1


@pytest.mark.parametrize("architecture", ["encoder", "sequence_to_sequence"])
def test_only_a_decoder_becomes_a_gguf(architecture: Any, tmp_path: Path, learned_vocabulary: Path) -> None:
    shape = Shape(architecture=architecture, layers=1, width=64, heads=4, ffn=96)
    folder = write_model(tmp_path / "trained", learned_vocabulary / "tokenizer", shape)

    result = exported(tmp_path, {"model": str(folder)})

    assert result.outputs == [tmp_path / "export" / "model"]
    assert str(result.numbers["model.gguf, megabytes"]).startswith("none: only a decoder becomes one")
    assert torch.equal(next(load(tmp_path / "export" / "model").parameters()), next(load(folder).parameters())), (
        "for transformers it is exported all the same"
    )
    with pytest.raises(UsageError, match="can't become a GGUF: only a decoder"):
        write_gguf(folder, tmp_path / "model.gguf", "f32")
    assert not list(tmp_path.glob("*.gguf*"))


def test_a_tokenizer_that_llama_cpp_has_no_name_for_is_said(decoder: Path, tmp_path: Path) -> None:
    copied(decoder, tmp_path)
    tokenizer = json.loads((tmp_path / "tokenizer.json").read_text())
    tokenizer["pre_tokenizer"]["pretokenizers"][0]["pattern"]["Regex"] += "|x"
    (tmp_path / "tokenizer.json").write_text(json.dumps(tokenizer))

    assert gguf_refusal(tmp_path) == "llama.cpp has no name for how its tokenizer cuts text"
    assert llama_cpp_pattern({"normalizer": {"type": "NFC"}, "pre_tokenizer": None}) is None


@pytest.mark.parametrize("missing", ["hidden_size", "vocab_size", "rms_norm_eps", "num_attention_heads"])
def test_a_config_that_lacks_something_is_told_in_one_line(missing: str, decoder: Path, tmp_path: Path) -> None:
    folder = copied(decoder, tmp_path / "broken")
    config = json.loads((folder / "config.json").read_text())
    del config[missing]
    (folder / "config.json").write_text(json.dumps(config))
    with pytest.raises(UsageError, match=f"can't become a GGUF: its files don't fit together .*{missing}"):
        exported(tmp_path, {"model": str(folder)})
    assert not list((tmp_path / "export").glob("*.gguf*"))


@pytest.mark.parametrize("broken", ["tokenizer.json", "tokenizer_config.json", "config.json", "model.safetensors"])
def test_a_file_that_is_cut_off_is_told_in_one_line(broken: str, decoder: Path, tmp_path: Path) -> None:
    folder = copied(decoder, tmp_path / "broken")
    (folder / broken).write_bytes((folder / broken).read_bytes()[:50])
    with pytest.raises(
        SofthouseError, match=r"export/model can't become a GGUF|/(broken|model) is not a folder with a"
    ):
        exported(tmp_path, {"model": str(folder)})


def test_a_model_in_several_files_stays_one(decoder: Path, tmp_path: Path) -> None:
    import transformers

    model = transformers.AutoModelForCausalLM.from_pretrained(decoder)
    folder = copied(decoder, tmp_path / "sharded")
    (folder / "model.safetensors").unlink()
    model.save_pretrained(folder, max_shard_size="100KB")
    assert len(list(folder.glob("*.safetensors"))) > 1

    exported(tmp_path, {"model": str(folder), "context": 128})

    again = transformers.AutoModelForCausalLM.from_pretrained(tmp_path / "export" / "model")
    assert all(torch.equal(one, other) for one, other in zip(again.parameters(), model.parameters(), strict=True))
    write_gguf(decoder, tmp_path / "whole.gguf", "f32")
    sizes = [path.stat().st_size for path in (tmp_path / "whole.gguf", tmp_path / "export" / "model.gguf")]
    assert sizes[0] == pytest.approx(sizes[1], abs=64)  # their names differ


@pytest.mark.parametrize(
    ("wanted", "complaint"), [("sft", "softhouse train sft"), ("no/such", "no step and no folder")]
)
def test_a_model_that_is_not_there_is_named(wanted: str, complaint: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=complaint):
        exported(tmp_path, {"model": wanted})


def test_without_any_model_the_line_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="softhouse train pretrain"):
        exported(tmp_path, {})
