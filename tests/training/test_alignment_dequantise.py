"""A GGUF as a model folder: the same numbers, the same tokens, and something that can be trained on."""

from pathlib import Path

import pytest

from softhouse.errors import UnknownModelError
from softhouse.training.alignment.dequantise import dequantise
from softhouse.training.alignment.models import load_model, load_tokenizer, model_folder
from tests.training.alignment_parts import context_in

pytestmark = pytest.mark.torch


@pytest.fixture
def ours(tmp_path: Path, learned_vocabulary: Path) -> Path:
    """A small decoder of our own, with the vocabulary of 700."""
    import torch

    from softhouse.training.architectures.configuration import Configuration
    from softhouse.training.architectures.decoder import Decoder
    from softhouse.training.architectures.folder import save

    torch.manual_seed(0)
    model = Decoder(Configuration(layers=2, width=64, heads=4, kv_heads=2, ffn=96, context=64), 700)
    save(model, tmp_path / "ours", learned_vocabulary / "tokenizer")
    return tmp_path / "ours"


def test_a_gguf_gives_back_the_model_and_the_tokenizer_that_it_was_made_of(tmp_path: Path, ours: Path) -> None:
    import torch

    from softhouse.training.export.gguf_file import write_gguf

    write_gguf(ours, tmp_path / "tiny.gguf", "f32")
    folder, named = model_folder(context_in(tmp_path, "sft"), f"gguf:{tmp_path / 'tiny.gguf'}")
    assert named == tmp_path / "tiny.gguf"
    before, after = load_tokenizer(ours), load_tokenizer(folder)
    text = "def double(number):\n    return 2 * number  # 中文\n"
    ids = before.encode(text, add_special_tokens=False)
    assert after.encode(text, add_special_tokens=False) == ids
    assert after.eos_token == before.eos_token == "<|im_end|>"
    turns = [{"role": "user", "content": "hi"}]
    assert after.apply_chat_template(turns, tokenize=False) == before.apply_chat_template(turns, tokenize=False)
    with torch.inference_mode():
        logits = [load_model(place, before)(torch.tensor([ids])).logits for place in (ours, folder)]
    torch.testing.assert_close(logits[1], logits[0], atol=1e-5, rtol=1e-5)
    assert list((tmp_path / "sft").iterdir()) == [folder]


def test_another_gguf_is_another_folder_and_one_that_was_changed_too(tmp_path: Path, ours: Path) -> None:
    import torch

    from softhouse.training.export.gguf_file import write_gguf

    def vectors(gguf: Path) -> torch.Tensor:
        folder, _ = model_folder(context_in(tmp_path, "eval"), str(gguf))
        return load_model(folder, load_tokenizer(folder)).get_input_embeddings().weight.detach()  # type: ignore[no-any-return]

    write_gguf(ours, tmp_path / "first.gguf", "f32")
    write_gguf(ours, tmp_path / "second.gguf", "q8_0")
    of_first, of_second = vectors(tmp_path / "first.gguf"), vectors(tmp_path / "second.gguf")
    assert not torch.equal(of_first, of_second)
    assert torch.equal(vectors(tmp_path / "first.gguf"), of_first)
    (tmp_path / "second.gguf").replace(tmp_path / "first.gguf")
    assert torch.equal(vectors(tmp_path / "first.gguf"), of_second)


def test_a_file_that_is_no_gguf_is_told(tmp_path: Path) -> None:
    (tmp_path / "model.gguf").write_bytes(b"no such thing")
    with pytest.raises(UnknownModelError, match="can't be dequantised"):
        dequantise(tmp_path / "model.gguf", tmp_path / "folder")
