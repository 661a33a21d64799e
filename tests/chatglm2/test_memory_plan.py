"""What fits where: computed from the shape, with a command for each way."""

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from softhouse.cli import main
from softhouse.errors import UsageError
from softhouse.llm_backends.chatglm2.commands import convert, plan, shape_of
from softhouse.llm_backends.chatglm2.shape import CHATGLM2_6B
from softhouse.llm_backends.chatglm2.synthetic import TINY, write_checkpoint
from softhouse.llm_backends.memory_plan import GIB, llama_cpp_on_cpu, transformers_on_cpu
from softhouse.llm_backends.memory_plan import plan as plan_memory

pytestmark = pytest.mark.torch


def test_keys_and_values_take_28672_bytes_a_token() -> None:
    need = llama_cpp_on_cpu(CHATGLM2_6B, "q8_0", context=32768)
    assert need.kv == 32768 * 28672


def test_weights_are_what_the_file_holds(gguf_path: Path) -> None:
    need = llama_cpp_on_cpu(TINY, "f16", context=256)
    # the file has the vocabulary and the names beside the weights
    assert 0 < gguf_path.stat().st_size - need.weights < 40_000


def test_an_eight_gigabyte_card_holds_the_model_in_eight_bits() -> None:
    best = plan_memory(CHATGLM2_6B, vram_gb=8, ram_gb=32, context=8192)[0]
    assert (best.engine, best.precision, best.card_layers, best.fits) == ("llama.cpp", "q8_0", (28,), True)
    assert best.cards[0].total < 8 * GIB
    assert "--quant q8_0" in best.command


def test_a_longer_context_needs_fewer_bits() -> None:
    best = plan_memory(CHATGLM2_6B, vram_gb=6, ram_gb=32, context=32768)[0]
    assert (best.precision, best.card_layers) == ("q4_k_m", (28,))


def test_two_cards_share_the_layers() -> None:
    best = plan_memory(CHATGLM2_6B, vram_gb=8, ram_gb=32, context=8192, cards=2)[0]
    assert (best.precision, best.card_layers) == ("f16", (14, 14))
    assert all(card.total <= 8 * GIB for card in best.cards)


def test_layers_that_do_not_fit_stay_in_memory() -> None:
    options = plan_memory(CHATGLM2_6B, vram_gb=3, ram_gb=16, context=8192)
    partly = next(option for option in options if option.precision == "q4_0" and option.card_layers)
    assert 0 < sum(partly.card_layers) < 28
    assert partly.cards[0].total <= 3 * GIB
    assert partly.memory.kv > 0


def test_without_a_card_the_fewest_bytes_come_first() -> None:
    best = plan_memory(CHATGLM2_6B, vram_gb=0, ram_gb=16, context=8192)[0]
    assert (best.engine, best.precision, best.cards) == ("llama.cpp", "q4_k_m", ())


def test_float32_on_transformers_needs_the_stored_weights_as_well_while_it_loads() -> None:
    need = transformers_on_cpu(CHATGLM2_6B, 2, 4, 2048)
    assert need.total > CHATGLM2_6B.parameters * 6


def test_nothing_fits_into_nothing() -> None:
    assert not any(option.fits for option in plan_memory(CHATGLM2_6B, vram_gb=0, ram_gb=2, context=8192))


@pytest.fixture(scope="module")
def app() -> typer.Typer:
    models = typer.Typer()
    models.command()(convert)
    models.command()(plan)
    return models


def test_the_plan_on_the_command_line(app: typer.Typer) -> None:
    result = CliRunner().invoke(app, ["plan", "chatglm2-6b", "--vram", "8", "--ram", "32"])
    assert result.exit_code == 0, result.output
    assert "6,243,584,000 parameters" in result.output
    assert "--quant q8_0 --out PATH-q8_0" in result.output
    nothing = CliRunner().invoke(app, ["plan", "chatglm2-6b", "--ram", "1"])
    assert "Nothing fits" in nothing.output


def test_converting_on_the_command_line(app: typer.Typer, tmp_path: Path) -> None:
    source = write_checkpoint(tmp_path / "original")
    command = ["convert", str(source), "--to", "gguf", "--quant", "q8_0", "--out", str(tmp_path / "out")]
    result = CliRunner().invoke(app, command)
    assert result.exit_code == 0, result.output
    assert (tmp_path / "out" / "chatglm2-150k-q8_0.gguf").is_file()
    assert "--model chatglm2:" in result.output


def test_a_plan_for_files_at_hand(original: Path, native: Path, gguf_path: Path, tmp_path: Path) -> None:
    assert shape_of(str(original)) == shape_of(str(native)) == shape_of(str(gguf_path)) == TINY
    with pytest.raises(UsageError, match="give chatglm2-6b, or a path"):
        shape_of(str(tmp_path / "nothing"))
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "llama"}))
    with pytest.raises(UsageError, match="model_type is 'llama'"):
        shape_of(str(tmp_path))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["plan", "chatglm2-6b", "--context", "99999"], "reads at most 32768 tokens"),
        (["plan", "chatglm2-6b", "--vram=-3"], "--vram"),
        (["plan", "nonsense"], "no model 'nonsense'"),
        (["convert", "ORIGINAL", "--out", "FILE"], "can't be made a folder"),
        (["convert", "ORIGINAL", "--out", "new", "--quant", "q4_0"], "--quant is for --to gguf"),
        (["convert", "nowhere", "--out", "new"], "holds no config.json"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(
    words: list[str], said: str, original: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("mine")
    places = {"ORIGINAL": str(original), "FILE": str(tmp_path / "file"), "new": str(tmp_path / "new")}
    assert main(["models", *(places.get(word, word) for word in words)]) == 2
    shown = capsys.readouterr().err
    assert said in shown
    assert shown.count("\n") == 1
    assert not (tmp_path / "new").exists()
    assert (tmp_path / "file").read_text() == "mine"
