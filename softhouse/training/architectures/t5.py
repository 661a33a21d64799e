"""The sequence-to-sequence model in the words of transformers: `T5ForConditionalGeneration`."""

from collections.abc import Mapping
from typing import Any

from softhouse.training.architectures.configuration import Configuration
from softhouse.training.architectures.layout import Parts, refuse_unless
from softhouse.training.architectures.sequence_to_sequence import FARTHEST, RANGES

model_type = "t5"


def config(configuration: Configuration, vocabulary: int) -> dict[str, Any]:
    """The content of `config.json`.

    >>> config(Configuration(architecture="sequence_to_sequence"), 8192)["feed_forward_proj"]
    'gated-gelu'
    """
    return {
        "architectures": ["T5ForConditionalGeneration"],
        "d_ff": configuration.ffn,
        "d_kv": configuration.head_width,
        "d_model": configuration.width,
        "dropout_rate": 0.0,
        "feed_forward_proj": "gated-gelu",
        "is_encoder_decoder": True,
        "layer_norm_epsilon": configuration.norm_eps,
        "model_type": model_type,
        "n_positions": configuration.context,
        "num_decoder_layers": configuration.layers,
        "num_heads": configuration.heads,
        "num_layers": configuration.layers,
        "relative_attention_max_distance": FARTHEST,
        "relative_attention_num_buckets": RANGES,
        "tie_word_embeddings": True,
        "vocab_size": vocabulary,
    }


def configuration(config: Mapping[str, Any]) -> Configuration:
    """Back from `config.json`.

    Raises `UnknownModelError` for a T5 whose logits are not scaled (1.1), without gates, or with heads of a width of
    their own.
    """
    layers, heads, width = config["num_layers"], config["num_heads"], config["d_model"]
    refuse_unless(config.get("num_decoder_layers") in (None, layers), "a decoder of another depth than its encoder")
    refuse_unless(config.get("feed_forward_proj") == "gated-gelu", "a feed-forward layer without gates")
    refuse_unless(config.get("tie_word_embeddings", True) and config.get("scale_decoder_outputs", True), "other logits")
    refuse_unless(config["d_kv"] * heads == width, "heads that don't make up its width")
    ranges = config.get("relative_attention_num_buckets", 32), config.get("relative_attention_max_distance", 128)
    refuse_unless(ranges == (RANGES, FARTHEST), "other ranges of distance")
    return Configuration(
        architecture="sequence_to_sequence",
        layers=layers,
        width=width,
        heads=heads,
        ffn=config["d_ff"],
        context=config.get("n_positions", 512),
        tied=True,
        norm_eps=config["layer_norm_epsilon"],
    )


def parts(configuration: Configuration) -> Parts:
    """Of which of their matrices each of ours consists.

    >>> parts(Configuration(architecture="sequence_to_sequence"))["decoder.norm.weight"]
    (('decoder.final_layer_norm.weight', None),)
    """
    found: dict[str, tuple[tuple[str, int | None], ...]] = {"embedding.weight": (("shared.weight", None),)}
    for stack in ("encoder", "decoder"):
        found[f"{stack}.norm.weight"] = ((f"{stack}.final_layer_norm.weight", None),)
        bias = f"{stack}.block.0.layer.0.SelfAttention.relative_attention_bias.weight"
        found[f"{stack}.distance_bias.weight"] = ((bias, None),)
        for index in range(configuration.layers):
            found |= _block(
                f"{stack}.blocks.{index}", f"{stack}.block.{index}.layer", configuration, stack == "decoder"
            )
    return found


def _block(ours: str, theirs: str, configuration: Configuration, writes: bool) -> Parts:
    width = configuration.width
    found: dict[str, tuple[tuple[str, int | None], ...]] = {
        f"{ours}.attention_norm.weight": ((f"{theirs}.0.layer_norm.weight", None),),
        f"{ours}.attention.qkv.weight": tuple((f"{theirs}.0.SelfAttention.{part}.weight", width) for part in "qkv"),
        f"{ours}.attention.output.weight": ((f"{theirs}.0.SelfAttention.o.weight", None),),
    }
    if writes:
        found |= {
            f"{ours}.cross_norm.weight": ((f"{theirs}.1.layer_norm.weight", None),),
            f"{ours}.cross.query.weight": ((f"{theirs}.1.EncDecAttention.q.weight", None),),
            f"{ours}.cross.key_value.weight": tuple(
                (f"{theirs}.1.EncDecAttention.{part}.weight", width) for part in "kv"
            ),
            f"{ours}.cross.output.weight": ((f"{theirs}.1.EncDecAttention.o.weight", None),),
        }
    last = f"{theirs}.{2 if writes else 1}"
    found |= {
        f"{ours}.feed_forward_norm.weight": ((f"{last}.layer_norm.weight", None),),
        f"{ours}.feed_forward.gate_up.weight": tuple(
            (f"{last}.DenseReluDense.wi_{half}.weight", configuration.ffn) for half in (0, 1)
        ),
        f"{ours}.feed_forward.down.weight": ((f"{last}.DenseReluDense.wo.weight", None),),
    }
    return found
