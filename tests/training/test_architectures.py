"""Three architectures against the classes of transformers that they are: the same numbers, the same weights."""

import json
import tomllib
from pathlib import Path
from random import Random
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as some
from pydantic import ValidationError
from torch import nn

import softhouse.training
from softhouse.errors import UnknownModelError
from softhouse.training.architectures import Configuration, build, load, save
from softhouse.training.architectures.decoder import Cache
from softhouse.training.architectures.encoder import hide_tokens
from softhouse.training.architectures.generation import generate
from softhouse.training.architectures.loss import IGNORED, cross_entropy
from softhouse.training.architectures.sequence_to_sequence import corrupt_spans

pytestmark = pytest.mark.torch

SHAPE: dict[str, Any] = {"layers": 3, "width": 48, "heads": 6, "ffn": 100, "context": 64}
SHAPES = {
    "decoder": Configuration(architecture="decoder", kv_heads=2, **SHAPE),
    "decoder, untied": Configuration(architecture="decoder", tied=False, rope_theta=500.0, **SHAPE),
    "encoder": Configuration(architecture="encoder", **SHAPE),
    "encoder, untied": Configuration(architecture="encoder", tied=False, norm_eps=1e-3, **SHAPE),
    "sequence_to_sequence": Configuration(architecture="sequence_to_sequence", **SHAPE),
}
CLASSES = {
    "decoder": "LlamaForCausalLM",
    "encoder": "ModernBertForMaskedLM",
    "sequence_to_sequence": "T5ForConditionalGeneration",
}
VOCABULARY = 700
MISSING = "to be left out"
every_shape = pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)


def lively(shape: Configuration) -> nn.Module:
    """A model whose norms are not all ones and whose logits differ."""
    torch.manual_seed(5)
    model = build(shape, VOCABULARY)
    with torch.no_grad():
        for weight in model.parameters():
            if weight.dim() == 1:
                weight.add_(torch.randn_like(weight), alpha=0.2)
            elif shape.architecture != "sequence_to_sequence":
                weight.mul_(5)
    return model.train(mode=False)


def theirs(folder: Path) -> Any:
    import transformers

    name = json.loads((folder / "config.json").read_text())["architectures"][0]
    return getattr(transformers, name).from_pretrained(folder).train(mode=False)


def batch() -> tuple[torch.Tensor, torch.Tensor]:
    """Ids of three texts, one with padding behind it and one with padding in front."""
    ids = torch.randint(40, VOCABULARY, (3, 40), generator=torch.Generator().manual_seed(1))
    mask = torch.ones_like(ids, dtype=torch.bool)
    mask[0, 30:] = False
    mask[1, :7] = False
    return ids, mask


def inputs(shape: Configuration, ids: torch.Tensor) -> tuple[dict[str, Any], dict[str, Any]]:
    """What our model and theirs are given beside the ids."""
    if shape.architecture != "sequence_to_sequence":
        return {}, {}
    written = torch.randint(40, VOCABULARY, (len(ids), 150), generator=torch.Generator().manual_seed(2))
    return {"written": written}, {"decoder_input_ids": written}


@every_shape
def test_logits_are_those_of_transformers(shape: Configuration, tmp_path: Path, learned_vocabulary: Path) -> None:
    model = lively(shape)
    save(model, tmp_path, learned_vocabulary / "tokenizer")
    same = theirs(tmp_path)
    assert type(same).__name__ == CLASSES[shape.architecture]
    ids, mask = batch()
    ours_too, theirs_too = inputs(shape, ids)

    with torch.no_grad():
        plain = model(ids, **ours_too)
        expected = same(input_ids=ids, **theirs_too).logits
        masked = model(ids, mask=mask, **ours_too)
        expected_masked = same(input_ids=ids, attention_mask=mask.long(), **theirs_too).logits

    assert expected.std() > 0.1, "else everything is near everything"
    torch.testing.assert_close(plain, expected, atol=1e-5, rtol=0)
    seen = mask if shape.architecture == "decoder" else torch.ones(masked.shape[:2], dtype=torch.bool)
    torch.testing.assert_close(masked[seen], expected_masked[seen], atol=1e-5, rtol=0)
    assert (masked - plain).abs().max() > 1e-3, "the mask does something"


@every_shape
def test_loss_and_gradients_are_those_of_transformers(
    shape: Configuration, tmp_path: Path, learned_vocabulary: Path
) -> None:
    model = lively(shape)
    save(model, tmp_path, learned_vocabulary / "tokenizer")
    same = theirs(tmp_path)
    ids, mask = batch()
    targets = torch.where(mask & (ids % 3 == 0), ids, IGNORED)

    loss = model(ids, targets, mask=mask)
    loss.backward()
    logits: torch.Tensor = (
        same(input_ids=ids, attention_mask=mask.long(), labels=targets)
        if shape.architecture == "sequence_to_sequence"
        else same(input_ids=ids, attention_mask=mask.long())
    ).logits
    expected = nn.functional.cross_entropy(logits.flatten(0, 1), targets.flatten())
    torch.autograd.backward(expected)

    assert loss.item() == pytest.approx(expected.item(), abs=1e-5)
    embedding = model.get_submodule("embedding").get_parameter("weight").grad
    torch.testing.assert_close(embedding, same.get_input_embeddings().weight.grad, atol=1e-5, rtol=1e-4)


@every_shape
def test_weights_survive_the_way_there_and_back_to_the_last_bit(
    shape: Configuration, tmp_path: Path, learned_vocabulary: Path
) -> None:
    model = lively(shape)
    save(model, tmp_path / "ours", learned_vocabulary / "tokenizer")
    theirs(tmp_path / "ours").save_pretrained(tmp_path / "theirs")

    for folder in (tmp_path / "ours", tmp_path / "theirs"):
        again = load(folder)
        assert again.configuration == shape
        assert again.vocabulary == VOCABULARY
        weights = again.state_dict()
        assert weights.keys() == model.state_dict().keys()
        assert all(torch.equal(weights[name], weight) for name, weight in model.state_dict().items())
        ids, _ = batch()
        extra, _ = inputs(shape, ids)
        assert torch.equal(again.train(mode=False)(ids, **extra), model(ids, **extra))


def test_the_same_model_makes_the_same_bytes(tmp_path: Path, learned_vocabulary: Path) -> None:
    for name in ("one", "two"):
        save(lively(SHAPES["decoder"]), tmp_path / name, learned_vocabulary / "tokenizer")

    one, two = ({path.name: path.read_bytes() for path in (tmp_path / name).iterdir()} for name in ("one", "two"))
    assert one == two
    names = {"config.json", "generation_config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"}
    assert one.keys() == names
    generation = json.loads(one["generation_config.json"])
    assert generation["eos_token_id"] == [0, 3], "<|endoftext|> and <|im_end|>"


def test_a_model_in_half_precision_stays_in_it(tmp_path: Path, learned_vocabulary: Path) -> None:
    model = lively(SHAPES["decoder"]).to(torch.bfloat16)
    save(model, tmp_path, learned_vocabulary / "tokenizer")

    again = load(tmp_path)

    assert {weight.dtype for weight in again.parameters()} == {torch.bfloat16}
    assert theirs(tmp_path).dtype == torch.bfloat16
    ids, _ = batch()
    assert torch.equal(again(ids), model(ids))


@pytest.mark.parametrize(("name", "least", "most"), [("nano", 3.5, 4.5), ("micro", 15, 17), ("small", 130, 140)])
def test_a_preset_has_the_size_it_is_known_for(name: str, least: float, most: float) -> None:
    """In all, the embedding (counted once, for it is tied) included."""
    [room] = softhouse.training.__path__
    preset = tomllib.loads((Path(room) / "presets" / f"{name}.toml").read_text())
    with torch.device("meta"):
        model = build(Configuration(**preset["model"]), preset["tokenizer"]["vocabulary"])

    assert least <= sum(weight.numel() for weight in model.parameters()) / 1e6 <= most


def test_what_was_read_before_need_not_be_read_again() -> None:
    model: Any = lively(SHAPES["decoder"])
    ids, _ = batch()

    whole = model.hidden(ids)
    cache = Cache()
    pieces = torch.cat([model.hidden(part, cache=cache) for part in (ids[:, :11], ids[:, 11:12], ids[:, 12:])], 1)

    torch.testing.assert_close(pieces, whole, atol=1e-5, rtol=0)


def test_prompts_are_continued_together_as_alone_and_as_by_transformers(
    tmp_path: Path, learned_vocabulary: Path
) -> None:
    model: Any = lively(SHAPES["decoder"])
    save(model, tmp_path, learned_vocabulary / "tokenizer")
    same = theirs(tmp_path)
    ids, _ = batch()
    prompts = [ids[0].tolist(), ids[1, :11].tolist(), ids[2, :1].tolist()]

    together = generate(model, prompts, 70)  # beyond the context, whose end is no wall

    for prompt, reply in zip(prompts, together, strict=True):
        [alone] = generate(model, [prompt], 70)
        expected = same.generate(
            input_ids=torch.tensor([prompt]), max_new_tokens=70, do_sample=False, eos_token_id=None, pad_token_id=0
        )
        assert reply == alone == expected[0, len(prompt) :].tolist()


def test_generation_ends_at_a_stop_and_a_seed_decides_what_is_drawn() -> None:
    model: Any = lively(SHAPES["decoder"])
    [free] = generate(model, [[41, 42]], 20)

    def drawn(seed: int, top_p: float) -> list[list[int]]:
        generator = torch.Generator().manual_seed(seed)
        return generate(model, [[41, 42], [43]], 20, temperature=1.0, top_p=top_p, generator=generator)

    [stopped] = generate(model, [[41, 42]], 20, stop=frozenset([free[5]]))
    assert stopped == free[: free.index(free[5])]
    assert drawn(1, 0.9) == drawn(1, 0.9) != drawn(2, 0.9)
    assert drawn(1, 1e-6)[0] == free, "the likeliest token alone is left"


def test_an_embedding_knows_nothing_of_padding() -> None:
    model: Any = lively(SHAPES["encoder"])
    ids, mask = batch()

    together = model.embed(ids, mask)

    torch.testing.assert_close(together.norm(dim=-1), torch.ones(3))
    torch.testing.assert_close(together[0], model.embed(ids[:1, :30])[0], atol=1e-5, rtol=0)
    assert together.isfinite().all()
    assert (together[0] - model.embed(ids)[0]).abs().max() > 1e-3


def test_the_loss_made_row_by_row_is_that_of_all_logits_at_once() -> None:
    torch.manual_seed(0)
    hidden, weight, bias = (torch.randn(size, requires_grad=True) for size in ((2, 400, 16), (50, 16), (50,)))
    targets = torch.randint(0, 50, (2, 400))
    targets[0, ::3] = IGNORED

    expected = nn.functional.cross_entropy((hidden @ weight.t() + bias).flatten(0, 1), targets.flatten())
    wanted = torch.autograd.grad(3 * expected, (hidden, weight, bias))
    loss = cross_entropy(hidden, weight, targets, bias)
    found = torch.autograd.grad(3 * loss, (hidden, weight, bias))

    torch.testing.assert_close(loss, expected)
    for mine, reference in zip(found, wanted, strict=True):
        torch.testing.assert_close(mine, reference)
    with torch.no_grad():
        torch.testing.assert_close(cross_entropy(hidden, weight, targets, bias), expected)


def test_in_bfloat16_the_loss_is_near(learned_vocabulary: Path) -> None:
    model = lively(SHAPES["decoder"])
    ids, _ = batch()
    exact = model(ids[:, :-1], ids[:, 1:]).item()

    with torch.autocast("cpu", torch.bfloat16):
        loss = model(ids[:, :-1], ids[:, 1:])
    loss.backward()

    assert loss.item() == pytest.approx(exact, rel=0.02)
    assert all(weight.grad is not None and weight.grad.dtype == torch.float32 for weight in model.parameters())


def test_in_float16_no_gradient_is_lost_where_the_loss_is_scaled() -> None:
    torch.manual_seed(0)
    hidden, weight = torch.randn(2048, 16, requires_grad=True), torch.randn(3000, 16).mul(0.02).requires_grad_()
    targets = torch.randint(0, 100, (2048,))
    wanted = torch.autograd.grad(cross_entropy(hidden, weight, targets), (hidden, weight))

    with torch.autocast("cpu", torch.float16):
        loss = 2.0**16 * cross_entropy(hidden, weight, targets)
    found = torch.autograd.grad(loss, (hidden, weight))

    for mine, reference in zip(found, wanted, strict=True):
        assert float((mine / 2.0**16 - reference).norm() / reference.norm()) < 0.01
    # what pushes down the tokens that are never right, each a little, is in there too
    assert float((found[1][100:] / 2.0**16 - wanted[1][100:]).norm() / wanted[1][100:].norm()) < 0.01


@pytest.mark.parametrize(
    ("architecture", "rate", "updates"),
    # The encoder stays at ln 60 for two hundred updates: it knows the words before it knows the places.
    [("decoder", 2e-3, 200), ("encoder", 4e-3, 300), ("sequence_to_sequence", 2e-3, 200)],
)
def test_each_objective_can_be_learned(architecture: Any, rate: float, updates: int) -> None:
    """By heart, from one text of 60 tokens: the loss of a guess would be ln 700 = 6.6."""
    torch.manual_seed(0)
    random, generator = Random(0), torch.Generator().manual_seed(0)
    model = build(Configuration(architecture=architecture, **{**SHAPE, "layers": 2}), VOCABULARY)
    optimiser = torch.optim.AdamW(model.parameters(), lr=rate)
    text = [40 + place * 11 % 600 for place in range(60)]
    losses = []
    for _ in range(updates):
        if architecture == "decoder":
            loss = model(torch.tensor([text[:-1]]), torch.tensor([text[1:]]))
        elif architecture == "encoder":
            loss = model(*hide_tokens(torch.tensor([text] * 4), 7, VOCABULARY, generator))
        else:
            read, written = corrupt_spans(text, range(8, 40), random)
            loss = model(torch.tensor([read]), torch.tensor([written]))
        loss.backward()
        optimiser.step()
        optimiser.zero_grad()
        losses.append(loss.item())

    assert losses[0] > 5
    assert sum(losses[-5:]) / 5 < 3


@given(some.lists(some.integers(40, 600), min_size=2, max_size=200), some.integers(0, 1000))
def test_corrupted_spans_can_be_put_back(ids: list[int], seed: int) -> None:
    markers = range(8, 40)

    read, written = corrupt_spans(ids, markers, Random(seed))

    pieces: dict[int, list[int]] = {}
    for token in written:
        if token in markers:
            last = pieces.setdefault(token, [])
        else:
            last.append(token)
    restored = [piece for token in read for piece in (pieces[token] if token in markers else [token])]
    assert restored == ids
    assert len(read) < len(ids) or len(written) <= 3


def test_hidden_tokens_are_where_targets_are() -> None:
    ids = torch.randint(0, VOCABULARY, (50, 200), generator=torch.Generator().manual_seed(3))

    seen, targets = hide_tokens(ids, 7, VOCABULARY, torch.Generator().manual_seed(4))

    asked = targets != IGNORED
    words = ids >= 40
    assert torch.equal(seen[~asked], ids[~asked])
    assert torch.equal(targets[asked], ids[asked])
    assert bool((words | ~asked).all()), "special tokens are never asked for"
    assert float(asked[words].float().mean()) == pytest.approx(0.3, abs=0.02)
    assert float((seen[asked] == 7).float().mean()) == pytest.approx(0.8, abs=0.03)
    assert float((seen[asked] == ids[asked]).float().mean()) == pytest.approx(0.1, abs=0.03)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"rope_parameters": {"rope_type": "yarn", "factor": 4}}, "scaled positions"),
        ({"attention_bias": True}, "biases"),
        ({"head_dim": 16}, "heads"),
        ({"model_type": "gpt2"}, "none of our architectures"),
        ({"num_hidden_layers": 4}, "no weight|other weights"),
        ({"hidden_size": 96, "head_dim": 16}, "other weights"),
        ({"num_attention_heads": None}, r"config\.json can't be read as a llama"),
        ({"vocab_size": "many"}, r"config\.json can't be read as a llama"),
        ({"vocab_size": MISSING}, r"config\.json has no 'vocab_size'"),
        ({"hidden_size": MISSING}, r"config\.json has no 'hidden_size'"),
    ],
)
def test_a_model_that_ours_can_not_be_is_refused(
    change: dict[str, Any], complaint: str, tmp_path: Path, learned_vocabulary: Path
) -> None:
    save(lively(SHAPES["decoder"]), tmp_path, learned_vocabulary / "tokenizer")
    config = json.loads((tmp_path / "config.json").read_text()) | change
    kept = {key: value for key, value in config.items() if value != MISSING}
    (tmp_path / "config.json").write_text(json.dumps(kept))

    with pytest.raises(UnknownModelError, match=complaint):
        load(tmp_path)


@pytest.mark.parametrize(
    "change",
    [{"heads": 5}, {"kv_heads": 4}, {"width": 18, "heads": 6}, {"architecture": "encoder", "kv_heads": 2}],
)
def test_shapes_that_do_not_fit_together_are_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Configuration(**{**SHAPE, **change})
