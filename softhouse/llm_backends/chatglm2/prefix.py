"""P-tuning v2: keys and values in front of every layer's own, learned instead of computed from text.

As ChatGLM's authors do it (https://github.com/THUDM/ChatGLM2-6B/tree/main/ptuning): the prefix is not rotated, and the
text's positions begin at 0 behind it. It enters where attention is computed, not through the cache, so packed rows,
left-padded batches and recomputed activations need nothing else.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from softhouse.errors import UnknownModelError

if TYPE_CHECKING:
    from torch import Tensor

PREFIX_FILE = "prefix.safetensors"
TENSOR = "transformer.prefix_encoder.embedding.weight"
"""Its name and layout in the authors' own checkpoints: a row a position; layer, key or value, head, number in a row."""
_ATTENTION = "softhouse_prefix"


def attach_prefix(model: Any, length: int, seed: int = 0) -> None:
    """Give every layer of a `GlmForCausalLM` a prefix of `length` positions, drawn from a normal distribution."""
    import torch

    generator = torch.Generator().manual_seed(seed)
    for layer in model.model.layers:
        attention = layer.self_attn
        size = (2, length, model.config.num_key_value_heads, attention.head_dim)
        attention.prefix = torch.nn.Parameter(torch.randn(size, generator=generator).to(model.device))
    _use_prefixes(model)


def prefix_tensor(model: Any) -> "Tensor":
    """The prefixes of all layers as one tensor in the authors' layout, float32, on the CPU."""
    import torch

    prefixes = torch.stack([layer.self_attn.prefix.detach().float().cpu() for layer in model.model.layers])
    return prefixes.permute(2, 0, 1, 3, 4).flatten(1).contiguous()


def save_prefix(model: Any, path: Path) -> None:
    from safetensors.torch import save_file

    save_file({TENSOR: prefix_tensor(model)}, path)


def load_prefix(model: Any, path: Path) -> None:
    """Attach what `save_prefix` wrote; `UnknownModelError` where it belongs to a model of another shape."""
    import torch
    from safetensors.torch import load_file

    rows = load_file(path)[TENSOR]
    layers, heads, width = len(model.model.layers), model.config.num_key_value_heads, model.config.head_dim
    if rows.shape[1] != layers * 2 * heads * width:
        raise UnknownModelError(f"{path} is a prefix of another model: its rows hold {rows.shape[1]} numbers")
    prefixes = rows.view(len(rows), layers, 2, heads, width).permute(1, 2, 0, 3, 4)
    for layer, prefix in zip(model.model.layers, prefixes, strict=True):
        layer.self_attn.prefix = torch.nn.Parameter(prefix.contiguous().to(model.device))
    _use_prefixes(model)


def _use_prefixes(model: Any) -> None:
    from transformers import AttentionInterface, AttentionMaskInterface
    from transformers.masking_utils import sdpa_mask

    AttentionInterface.register(_ATTENTION, _attention)
    AttentionMaskInterface.register(_ATTENTION, sdpa_mask)
    model.set_attn_implementation(_ATTENTION)


def _attention(
    module: Any, query: "Tensor", key: "Tensor", value: "Tensor", attention_mask: "Tensor | None", **options: Any
) -> "tuple[Tensor, None]":
    """SDPA over the prefix and the text. Sizes: batch, heads, tokens, width; the mask (True: seen) may be None."""
    import torch
    from transformers.integrations.sdpa_attention import sdpa_attention_forward

    rows, asking, texts = len(query), query.shape[2], key.shape[2]
    # 2 (key, value), positions, heads, width → 2, 1, heads, positions, width
    prefix = module.prefix.to(key.dtype).transpose(1, 2).unsqueeze(1).expand(-1, rows, -1, -1, -1)
    if attention_mask is None:
        # transformers leaves a plain causal mask out
        attention_mask = torch.ones(1, 1, asking, texts, dtype=torch.bool, device=key.device).tril(texts - asking)
    seen = attention_mask.new_ones(*attention_mask.shape[:3], prefix.shape[3])
    if attention_mask.dtype != torch.bool:
        seen = torch.zeros_like(seen)
    return sdpa_attention_forward(
        module,
        query,
        torch.cat((prefix[0], key), dim=2),
        torch.cat((prefix[1], value), dim=2),
        torch.cat((seen, attention_mask), dim=3),
        **options,
    )
