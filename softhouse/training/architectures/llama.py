"""The decoder in the words of transformers: `LlamaForCausalLM`."""

from collections.abc import Mapping
from typing import Any

from softhouse.training.architectures.configuration import Configuration
from softhouse.training.architectures.layout import Parts, refuse_unless

model_type = "llama"


def config(configuration: Configuration, vocabulary: int) -> dict[str, Any]:
    """The content of `config.json`.

    >>> config(Configuration(), 8192)["num_key_value_heads"]
    6
    """
    return {
        "architectures": ["LlamaForCausalLM"],
        "attention_bias": False,
        "attention_dropout": 0.0,
        "head_dim": configuration.head_width,
        "hidden_act": "silu",
        "hidden_size": configuration.width,
        "initializer_range": 0.02,
        "intermediate_size": configuration.ffn,
        "max_position_embeddings": configuration.context,
        "mlp_bias": False,
        "model_type": model_type,
        "num_attention_heads": configuration.heads,
        "num_hidden_layers": configuration.layers,
        "num_key_value_heads": configuration.groups,
        "rms_norm_eps": configuration.norm_eps,
        "rope_theta": configuration.rope_theta,
        "tie_word_embeddings": configuration.tied,
        "vocab_size": vocabulary,
    }


def configuration(config: Mapping[str, Any]) -> Configuration:
    """Back from `config.json`, as any version of transformers writes it.

    Raises `UnknownModelError` for a Llama with biases, scaled rotary positions or heads of a width of their own.
    """
    rope = config.get("rope_parameters") or {}
    heads = config["num_attention_heads"]
    refuse_unless(rope.get("rope_type", "default") == "default" and not config.get("rope_scaling"), "scaled positions")
    refuse_unless(not (config.get("attention_bias") or config.get("mlp_bias")), "biases")
    refuse_unless(config.get("hidden_act", "silu") == "silu", "another activation than SiLU")
    width = config["hidden_size"]
    refuse_unless((config.get("head_dim") or width // heads) == width // heads, "heads that don't make up its width")
    return Configuration(
        architecture="decoder",
        layers=config["num_hidden_layers"],
        width=width,
        heads=heads,
        kv_heads=None if (groups := config.get("num_key_value_heads")) == heads else groups,
        ffn=config["intermediate_size"],
        context=config["max_position_embeddings"],
        rope_theta=rope.get("rope_theta") or config.get("rope_theta") or 10_000.0,
        tied=config.get("tie_word_embeddings", False),
        norm_eps=config["rms_norm_eps"],
    )


def parts(configuration: Configuration) -> Parts:
    """Of which of their matrices each of ours consists.

    >>> parts(Configuration(layers=1, width=8, heads=2, kv_heads=1))["blocks.0.attention.qkv.weight"][1]
    ('model.layers.0.self_attn.k_proj.weight', 4)
    """
    of_keys = configuration.groups * configuration.head_width
    found: dict[str, tuple[tuple[str, int | None], ...]] = {
        "embedding.weight": (("model.embed_tokens.weight", None),),
        "norm.weight": (("model.norm.weight", None),),
    }
    if not configuration.tied:
        found["head.weight"] = (("lm_head.weight", None),)
    for index in range(configuration.layers):
        ours, theirs = f"blocks.{index}", f"model.layers.{index}"
        found |= {
            f"{ours}.attention_norm.weight": ((f"{theirs}.input_layernorm.weight", None),),
            f"{ours}.attention.qkv.weight": (
                (f"{theirs}.self_attn.q_proj.weight", configuration.width),
                (f"{theirs}.self_attn.k_proj.weight", of_keys),
                (f"{theirs}.self_attn.v_proj.weight", of_keys),
            ),
            f"{ours}.attention.output.weight": ((f"{theirs}.self_attn.o_proj.weight", None),),
            f"{ours}.feed_forward_norm.weight": ((f"{theirs}.post_attention_layernorm.weight", None),),
            f"{ours}.feed_forward.gate_up.weight": (
                (f"{theirs}.mlp.gate_proj.weight", configuration.ffn),
                (f"{theirs}.mlp.up_proj.weight", configuration.ffn),
            ),
            f"{ours}.feed_forward.down.weight": ((f"{theirs}.mlp.down_proj.weight", None),),
        }
    return found
