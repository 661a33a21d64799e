"""Examples that share a row don't see each other."""

from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from softhouse.llm_backends.torch_model import load_model
from softhouse.training.tuning.data import Example
from softhouse.training.tuning.packing import batch, epoch_steps

pytestmark = pytest.mark.torch


@given(st.lists(st.integers(2, 40), min_size=1, max_size=60), st.integers(1, 64), st.integers(1, 4), st.integers(0, 9))
def test_an_epoch_has_every_example_once_and_no_pack_is_too_long(
    lengths: list[int], tokens: int, accumulation: int, seed: int
) -> None:
    steps = epoch_steps(lengths, tokens, accumulation, seed, epoch=1)
    assert sorted(place for packed in steps for pack in packed for place in pack) == list(range(len(lengths)))
    assert all(len(packed) == accumulation for packed in steps[:-1])
    assert all(len(pack) == 1 or sum(lengths[p] for p in pack) <= tokens for packed in steps for pack in packed)
    assert epoch_steps(lengths, tokens, accumulation, seed, epoch=1) == steps


def test_a_pack_is_computed_as_its_examples_alone_are(native: Path) -> None:
    examples = [Example([5, 9, 30, 31, 2], 3), Example([7, 8, 2], 1), Example([100, 101, 102, 103, 104, 105], 2)]
    model = load_model(native, "cpu")

    def logits(chosen: list[Example]) -> torch.Tensor:
        read = batch(chosen, "cpu")
        with torch.no_grad():
            scores: torch.Tensor = model(
                input_ids=read.ids, attention_mask=read.mask, position_ids=read.positions
            ).logits
        return scores[0]

    alone = torch.cat([logits([example]) for example in examples])
    torch.testing.assert_close(logits(examples), alone, rtol=0, atol=1e-5)
    with torch.no_grad():
        plain = model(input_ids=torch.tensor([examples[2].ids])).logits[0]
    torch.testing.assert_close(logits(examples)[-6:], plain, rtol=0, atol=1e-5)


def test_what_is_asked_and_wanted_are_the_answers() -> None:
    read = batch([Example([5, 9, 30, 2], 2), Example([7, 8, 2], 1)], "cpu")
    assert read.asked.tolist() == [1, 2, 4, 5]
    assert read.wanted.tolist() == [30, 2, 8, 2]
    assert read.positions.tolist() == [[0, 1, 2, 3, 0, 1, 2]]
