"""The numbers that make a ChatGLM2: read from the original `config.json`, written as one for `GlmForCausalLM`.

Names of the original config as in https://huggingface.co/THUDM/chatglm2-6b (`configuration_chatglm.py`); names of the
native one as in transformers' `GlmConfig`.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from softhouse.errors import UsageError

ChatFormat = Literal["chatglm2", "chatglm3"]


@dataclass(frozen=True)
class ModelShape:
    """A decoder of the GLM family: grouped-query attention, half of each head rotated, gate and up fused in the MLP.

    >>> CHATGLM2_6B.parameters
    6243584000
    >>> CHATGLM2_6B.kv_bytes_per_token()
    28672
    """

    layers: int
    hidden: int
    heads: int
    kv_heads: int
    head_dim: int
    ffn: int
    vocab: int
    context: int
    rms_eps: float = 1e-5
    rope_theta: float = 10_000.0
    rope_stretch: float = 1.0
    """Positions are divided by this (the 32k variant of ChatGLM2 interpolates them)."""
    qkv_bias: bool = True
    tied: bool = False
    """The output layer is the embedding."""
    qkv_by_head: bool = False
    """In the original query_key_value, rows go head by head (q, k, v of each) instead of all q, all k, all v."""
    chat_format: ChatFormat = "chatglm2"
    eos_id: int = 2
    pad_id: int = 0

    @property
    def query_width(self) -> int:
        return self.heads * self.head_dim

    @property
    def kv_width(self) -> int:
        return self.kv_heads * self.head_dim

    @property
    def layer_matrices(self) -> dict[str, tuple[int, int]]:
        """Rows and columns of the matrices of one layer."""
        return {
            "query_key_value": (self.query_width + 2 * self.kv_width, self.hidden),
            "dense": (self.hidden, self.query_width),
            "dense_h_to_4h": (2 * self.ffn, self.hidden),
            "dense_4h_to_h": (self.hidden, self.ffn),
        }

    @property
    def layer_parameters(self) -> int:
        bias = self.query_width + 2 * self.kv_width if self.qkv_bias else 0
        return sum(rows * columns for rows, columns in self.layer_matrices.values()) + bias + 2 * self.hidden

    @property
    def embedding_parameters(self) -> int:
        return self.vocab * self.hidden

    @property
    def parameters(self) -> int:
        ends = self.embedding_parameters * (1 if self.tied else 2)
        return ends + self.layers * self.layer_parameters + self.hidden

    def kv_bytes_per_token(self, bytes_per_number: float = 2) -> int:
        """Keys and values of all layers for one token of context."""
        return int(2 * self.layers * self.kv_width * bytes_per_number)

    def native_config(self, dtype: str, eos_ids: list[int]) -> dict[str, Any]:
        """`config.json` for transformers' `GlmForCausalLM`; `dtype` such as "float16".

        `pad_token_id` is null on purpose: transformers would freeze that row of the embedding, and id 0 is a token like
        any other in the original. `generation_config.json` names it for batches.
        """
        rope: dict[str, Any] = {"rope_type": "default", "rope_theta": self.rope_theta, "partial_rotary_factor": 0.5}
        if self.rope_stretch != 1:
            rope |= {"rope_type": "linear", "factor": self.rope_stretch}
        return {
            "architectures": ["GlmForCausalLM"],
            "model_type": "glm",
            "chat_format": self.chat_format,
            "num_hidden_layers": self.layers,
            "hidden_size": self.hidden,
            "num_attention_heads": self.heads,
            "num_key_value_heads": self.kv_heads,
            "head_dim": self.head_dim,
            "intermediate_size": self.ffn,
            "vocab_size": self.vocab,
            "max_position_embeddings": self.context,
            "rms_norm_eps": self.rms_eps,
            "rope_parameters": rope,
            # transformers 4 reads these three, transformers 5 the table above
            "rope_scaling": rope if self.rope_stretch != 1 else None,
            "rope_theta": self.rope_theta,
            "partial_rotary_factor": 0.5,
            "hidden_act": "silu",
            "attention_bias": self.qkv_bias,
            "attention_dropout": 0.0,
            "tie_word_embeddings": self.tied,
            "bos_token_id": 1,
            "eos_token_id": eos_ids,
            "pad_token_id": None,
            "dtype": dtype,
            "torch_dtype": dtype,
        }


CHATGLM2_6B = ModelShape(
    layers=28, hidden=4096, heads=32, kv_heads=2, head_dim=128, ffn=13696, vocab=65024, context=32768
)


def read_config(folder: Path) -> dict[str, Any]:
    """`config.json` of `folder`; `UsageError` where there is none, or it is no JSON object."""
    path = folder / "config.json"
    try:
        config = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UsageError(f"{folder} holds no config.json; name the folder of the whole ChatGLM2 checkpoint") from None
    except (OSError, ValueError) as error:
        raise UsageError(f"{path} cannot be read as JSON ({error}); download it again") from None
    if not isinstance(config, dict):
        raise UsageError(f"{path} is not a JSON object; download it again")
    return config


def read_shape(folder: Path) -> ModelShape:
    """The shape of the original checkpoint in `folder`; `UsageError` with the reason where it is not one we convert."""
    config = read_config(folder)
    if reason := _why_not(config):
        raise UsageError(f"{folder} is not a ChatGLM2 that can be converted: {reason}")
    try:
        return _shape(config, _chat_format(folder, config))
    except (KeyError, TypeError, ValueError) as error:
        raise UsageError(f"{folder / 'config.json'} lacks a usable {error}; take the config of the release") from None


def native_shape(config: dict[str, Any]) -> ModelShape:
    """The shape behind a `config.json` that `ModelShape.native_config` wrote."""
    return ModelShape(
        layers=config["num_hidden_layers"],
        hidden=config["hidden_size"],
        heads=config["num_attention_heads"],
        kv_heads=config["num_key_value_heads"],
        head_dim=config["head_dim"],
        ffn=config["intermediate_size"],
        vocab=config["vocab_size"],
        context=config["max_position_embeddings"],
        rms_eps=config["rms_norm_eps"],
        qkv_bias=config["attention_bias"],
        tied=config["tie_word_embeddings"],
    )


def _why_not(config: dict[str, Any]) -> str | None:
    if config.get("model_type") == "glm" and "num_hidden_layers" in config:
        return "it is native already; use it as chatglm2:PATH"
    if config.get("model_type") != "chatglm":
        return f"its model_type is {config.get('model_type')!r}, not 'chatglm'"
    if "inner_hidden_size" in config or "position_encoding_2d" in config:
        return "it is ChatGLM-6B, the first generation, another architecture"
    if config.get("quantization_bit"):
        return f"it is quantised to {config['quantization_bit']} bits; convert the half-precision release instead"
    if config.get("pre_seq_len"):
        return "it carries a prefix encoder (P-tuning v2); convert the model it was tuned on"
    for name, needed in (
        ("rmsnorm", True),
        ("post_layer_norm", True),
        ("add_bias_linear", False),
        ("apply_residual_connection_post_layernorm", False),
    ):
        if config.get(name, needed) is not needed:
            return f"{name} is {config[name]}, a variant that was never released and that no engine here knows"
    return None


def _shape(config: dict[str, Any], chat_format: ChatFormat) -> ModelShape:
    heads = int(config["num_attention_heads"])
    grouped = bool(config.get("multi_query_attention", False))
    head_dim = int(config.get("kv_channels") or int(config["hidden_size"]) // heads)
    if head_dim % 4:
        raise ValueError("kv_channels (a multiple of 4)")
    kv_heads = int(config["multi_query_group_num"]) if grouped else heads
    if kv_heads < 1 or heads % kv_heads:
        raise ValueError("multi_query_group_num (a divisor of num_attention_heads)")
    ratio = float(config.get("rope_ratio", 1))
    return ModelShape(
        layers=int(config["num_layers"]),
        hidden=int(config["hidden_size"]),
        heads=heads,
        kv_heads=kv_heads,
        head_dim=head_dim,
        ffn=int(config["ffn_hidden_size"]),
        vocab=int(config["padded_vocab_size"]),
        context=int(config["seq_length"]),
        rms_eps=float(config.get("layernorm_epsilon", 1e-5)),
        # the long variants: the second generation stretches positions, the third raises the base
        rope_theta=10_000.0 * (ratio if chat_format == "chatglm3" else 1),
        rope_stretch=1.0 if chat_format == "chatglm3" else ratio,
        qkv_bias=bool(config.get("add_qkv_bias", False)),
        tied=bool(config.get("tie_word_embeddings", False)),
        qkv_by_head=not grouped,
        chat_format=chat_format,
        eos_id=int(config.get("eos_token_id") or 2),
        pad_id=int(config.get("pad_token_id") or 0),
    )


def _chat_format(folder: Path, config: dict[str, Any]) -> ChatFormat:
    """ChatGLM3 is the same network with role tokens; only its name or its tokenizer's files tell it from ChatGLM2."""
    if "chatglm3" in str(config.get("_name_or_path", "")).lower():
        return "chatglm3"
    for name in ("tokenizer_config.json", "tokenization_chatglm.py"):
        path = folder / name
        if path.is_file() and "<|user|>" in path.read_text(encoding="utf-8", errors="replace"):
            return "chatglm3"
    return "chatglm2"
