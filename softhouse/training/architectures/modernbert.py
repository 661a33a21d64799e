"""The encoder in the words of transformers: `ModernBertForMaskedLM`."""

from collections.abc import Mapping
from typing import Any

from softhouse.training.architectures.configuration import Configuration
from softhouse.training.architectures.layout import Parts, refuse_unless

model_type = "modernbert"


def config(configuration: Configuration, vocabulary: int) -> dict[str, Any]:
    """The content of `config.json`.

    >>> config(Configuration(architecture="encoder"), 8192)["global_attn_every_n_layers"]
    1
    """
    return {
        "architectures": ["ModernBertForMaskedLM"],
        "attention_bias": False,
        "attention_dropout": 0.0,
        "classifier_bias": False,
        "classifier_pooling": "mean",
        "cls_token_id": None,
        "decoder_bias": True,
        "global_attn_every_n_layers": 1,
        "global_rope_theta": configuration.rope_theta,
        "hidden_activation": "gelu",
        "hidden_size": configuration.width,
        "initializer_range": 0.02,
        "intermediate_size": configuration.ffn,
        "local_rope_theta": configuration.rope_theta,
        "max_position_embeddings": configuration.context,
        "mlp_bias": False,
        "model_type": model_type,
        "norm_bias": False,
        "norm_eps": configuration.norm_eps,
        "sep_token_id": None,
        "num_attention_heads": configuration.heads,
        "num_hidden_layers": configuration.layers,
        "tie_word_embeddings": configuration.tied,
        "vocab_size": vocabulary,
    }


def configuration(config: Mapping[str, Any]) -> Configuration:
    """Back from `config.json`, as any version of transformers writes it.

    Raises `UnknownModelError` for a ModernBERT with biases or with layers that see only their neighbourhood.
    """
    every = config.get("global_attn_every_n_layers", 3)
    kinds = config.get("layer_types") or ["full_attention" if every == 1 else "sliding_attention"]
    refuse_unless(set(kinds) == {"full_attention"}, "layers that see only their neighbourhood")
    biased = [name for name in ("attention_bias", "mlp_bias", "norm_bias", "classifier_bias") if config.get(name)]
    refuse_unless(not biased and config.get("decoder_bias", True), "other biases")
    activations = {config.get(name, "gelu") for name in ("hidden_activation", "classifier_activation")}
    refuse_unless(activations == {"gelu"}, "another activation than GELU")
    rope = (config.get("rope_parameters") or {}).get("full_attention") or {}
    refuse_unless(rope.get("rope_type", "default") == "default", "scaled positions")
    return Configuration(
        architecture="encoder",
        layers=config["num_hidden_layers"],
        width=config["hidden_size"],
        heads=config["num_attention_heads"],
        ffn=config["intermediate_size"],
        context=config["max_position_embeddings"],
        rope_theta=rope.get("rope_theta") or config.get("global_rope_theta") or 160_000.0,
        tied=config.get("tie_word_embeddings", True),
        norm_eps=config["norm_eps"],
    )


def parts(configuration: Configuration) -> Parts:
    """Of which of their matrices each of ours consists: each is one of theirs.

    >>> parts(Configuration(architecture="encoder"))["blocks.0.attention.qkv.weight"]
    (('model.layers.0.attn.Wqkv.weight', None),)
    """
    names = {
        "embedding.weight": "model.embeddings.tok_embeddings.weight",
        "embedding_norm.weight": "model.embeddings.norm.weight",
        "norm.weight": "model.final_norm.weight",
        "guess.weight": "head.dense.weight",
        "guess_norm.weight": "head.norm.weight",
        "head_bias": "decoder.bias",
    }
    if not configuration.tied:
        names["head.weight"] = "decoder.weight"
    for index in range(configuration.layers):
        ours, theirs = f"blocks.{index}", f"model.layers.{index}"
        if index:
            names[f"{ours}.attention_norm.weight"] = f"{theirs}.attn_norm.weight"
        names |= {
            f"{ours}.attention.qkv.weight": f"{theirs}.attn.Wqkv.weight",
            f"{ours}.attention.output.weight": f"{theirs}.attn.Wo.weight",
            f"{ours}.feed_forward_norm.weight": f"{theirs}.mlp_norm.weight",
            f"{ours}.feed_forward.gate_up.weight": f"{theirs}.mlp.Wi.weight",
            f"{ours}.feed_forward.down.weight": f"{theirs}.mlp.Wo.weight",
        }
    return {name: ((theirs, None),) for name, theirs in names.items()}
