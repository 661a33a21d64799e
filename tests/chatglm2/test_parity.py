"""Converted weights in transformers' own block, against what the original code computed. All in float32."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from transformers import GlmForCausalLM

from softhouse.llm_backends.chatglm2.checkpoint import Checkpoint
from softhouse.llm_backends.chatglm2.convert import convert
from softhouse.llm_backends.chatglm2.native import QKV, native_names
from softhouse.llm_backends.chatglm2.shape import read_shape
from softhouse.llm_backends.torch_model import load_model

from . import reference

pytestmark = pytest.mark.torch
TOLERANCE = 1e-5


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory, parity_folder: Path) -> GlmForCausalLM:
    loaded = load_model(convert(parity_folder, tmp_path_factory.mktemp("parity")), "cpu")
    assert isinstance(loaded, GlmForCausalLM)
    return loaded


def tensor(parity: dict[str, Any], name: str) -> torch.Tensor:
    return torch.from_numpy(parity[name])


def near(computed: torch.Tensor, expected: torch.Tensor) -> bool:
    return float((computed - expected).abs().max()) <= TOLERANCE


def test_every_weight_arrives(model: GlmForCausalLM, parity: dict[str, Any]) -> None:
    native = dict(model.named_parameters())
    compared = 0
    for name in (name.removeprefix("w:") for name in parity if name.startswith("w:") and "rotary" not in name):
        parts = torch.cat([native[part] for part in native_names(name)])
        assert torch.equal(parts, tensor(parity, f"w:{name}")), name
        compared += len(native_names(name))
    assert compared == len(native)


def test_logits(model: GlmForCausalLM, parity: dict[str, Any]) -> None:
    with torch.no_grad():
        assert near(model(tensor(parity, "input_ids")).logits, tensor(parity, "logits"))


def test_hidden_states(model: GlmForCausalLM, parity: dict[str, Any]) -> None:
    seen = list[torch.Tensor]()
    hooks = [model.model.layers[0].register_forward_pre_hook(lambda _module, inputs: seen.append(inputs[0]))]
    hooks += [
        layer.register_forward_hook(lambda _module, _inputs, out: seen.append(out)) for layer in model.model.layers
    ]
    with torch.no_grad():
        model(tensor(parity, "input_ids"))
    for hook in hooks:
        hook.remove()
    assert len(seen) == 4
    for number, hidden in enumerate(seen):
        # the original's are (tokens, batch, width)
        assert near(hidden.transpose(0, 1), tensor(parity, f"h{number}"))


def test_left_padded_batch(model: GlmForCausalLM, parity: dict[str, Any]) -> None:
    real = tensor(parity, "pad_attention_mask").bool()
    assert not real.all()
    with torch.no_grad():
        logits = model(
            tensor(parity, "pad_input_ids"),
            attention_mask=tensor(parity, "pad_attention_mask"),
            position_ids=tensor(parity, "pad_position_ids"),
        ).logits
    assert near(logits[real], tensor(parity, "pad_logits")[real])


def test_greedy_tokens(model: GlmForCausalLM, parity: dict[str, Any]) -> None:
    prompt = tensor(parity, "input_ids")
    generator: Any = model
    result = generator.generate(
        prompt,
        attention_mask=torch.ones_like(prompt),
        max_new_tokens=16,
        do_sample=False,
        output_logits=True,
        return_dict_in_generate=True,
    )
    assert torch.equal(result.sequences[:, prompt.shape[1] :], tensor(parity, "greedy_tokens"))
    assert near(torch.stack(result.logits, dim=1), tensor(parity, "greedy_logits"))


def test_loss_and_gradients(model: GlmForCausalLM, parity: dict[str, Any]) -> None:
    model.zero_grad()
    loss = model(tensor(parity, "input_ids"), labels=tensor(parity, "labels")).loss
    loss.backward()
    assert near(loss.detach(), tensor(parity, "loss"))
    native = dict(model.named_parameters())
    for name in (name.removeprefix("g:") for name in parity if name.startswith("g:")):
        gradient = torch.cat([grad for part in native_names(name) if (grad := native[part].grad) is not None])
        expected = parity[f"g:{name}"]
        assert abs(float(gradient.norm()) - expected) <= TOLERANCE * max(1, expected), name
    assert {name for name in parity if name.startswith("g:") and QKV in name}


def test_the_reference_of_these_tests_is_the_original(parity_folder: Path, parity: dict[str, Any]) -> None:
    shape = read_shape(parity_folder)
    weights = dict(Checkpoint(parity_folder).tensors(shape))
    for row in range(2):
        computed = reference.logits(weights, shape, parity["input_ids"][row].tolist())
        assert near(computed, tensor(parity, "logits")[row])
    assert np.isfinite(parity["logits"]).all()
