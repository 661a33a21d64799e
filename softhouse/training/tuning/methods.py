"""The four ways to tune: which numbers of the model are learned, and what is written of them."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from softhouse.llm_backends.chatglm2.adapter import LORA_FILE, LORA_PREFIX
from softhouse.llm_backends.chatglm2.prefix import PREFIX_FILE, attach_prefix, save_prefix
from softhouse.llm_backends.chatglm2.tokenizer import MODEL_FILE
from softhouse.llm_backends.torch_model import read_weights, stored_dtype
from softhouse.llm_backends.whole_file import whole_file
from softhouse.training.tuning.settings import TuneSettings

if TYPE_CHECKING:
    import torch

MATRICES = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_up_proj", "down_proj")
"""Every matrix of a layer: what LoRA changes."""
COMPANIONS = (MODEL_FILE, "generation_config.json", "config.json")
"""Small files of a native model, the one that makes it a model last."""


@dataclass(frozen=True)
class Tunable:
    """A `GlmForCausalLM` of which some numbers, kept in float32, are learned."""

    network: Any
    learned: "dict[str, torch.nn.Parameter]"
    save: Callable[[Path], None]
    """Write what is learned into a folder; what it is recognised by comes last."""


def make_tunable(base: Path, settings: TuneSettings, device: str, dtype: "torch.dtype") -> Tunable:
    """The model in `base` made ready for the method of `settings`; what is not learned is held in `dtype`."""
    import torch

    if settings.method == "full":
        network = _load(base, torch.float32).to(device)
        stored = stored_dtype(base)
        return _tunable(network, lambda out: _save_model(network, base, stored, out))
    network = _load(base, None if settings.method == "qlora" else dtype).requires_grad_(False)
    if settings.method == "qlora":
        from softhouse.training.tuning.nf4 import quantise_layers

        quantise_layers(network, device)
    network.to(device)
    for parameter in network.parameters():
        parameter.data = parameter.data.to(dtype)
    if settings.method == "ptuning2":
        attach_prefix(network, settings.prefix_length, settings.seed)

        def save_whole(out: Path) -> None:
            with whole_file(out / PREFIX_FILE) as partial:
                save_prefix(network, partial)

        return _tunable(network, save_whole)
    return _with_lora(network, base, settings)


def _with_lora(network: Any, base: Path, settings: TuneSettings) -> Tunable:
    import peft

    config = peft.LoraConfig(
        r=settings.rank,
        lora_alpha=settings.lora_alpha,
        target_modules=list(MATRICES),
        task_type="CAUSAL_LM",
        base_model_name_or_path=str(base),
        inference_mode=False,
    )
    peft.inject_adapter_in_model(config, network)

    def save(out: Path) -> None:
        from safetensors.torch import save_file

        config.save_pretrained(str(out))
        tensors = peft.get_peft_model_state_dict(network, save_embedding_layers=False)
        with whole_file(out / LORA_FILE) as partial:
            save_file({f"{LORA_PREFIX}{name}": tensor.cpu().contiguous() for name, tensor in tensors.items()}, partial)

    return _tunable(network, save)


def _tunable(network: Any, save: Callable[[Path], None]) -> Tunable:
    learned = {name: parameter for name, parameter in network.named_parameters() if parameter.requires_grad}
    for parameter in learned.values():
        parameter.data = parameter.data.float()
    return Tunable(network, learned, save)


def _load(base: Path, dtype: "torch.dtype | None") -> Any:
    model = read_weights(base, dtype)
    model.config.use_cache = False
    return model


def _save_model(network: Any, base: Path, dtype: "torch.dtype", out: Path) -> None:
    from safetensors.torch import save_file

    tensors = {
        name: tensor.detach().to("cpu", dtype).contiguous()
        for name, tensor in network.state_dict().items()
        if not (name == "lm_head.weight" and network.config.tie_word_embeddings)
    }
    with whole_file(out / "model.safetensors") as partial:
        save_file(tensors, partial, metadata={"format": "pt"})
    copy_companions(base, out)


def copy_companions(base: Path, out: Path) -> None:
    """The small files of the native model in `base`; with them the weights in `out` are a model."""
    for name in COMPANIONS:
        if (base / name).is_file():
            with whole_file(out / name) as partial:
                shutil.copyfile(base / name, partial)
