"""Random checkpoints in ChatGLM2's original layout of any size, and a SentencePiece model trained on a few lines.

For tests and benchmarks, and to try every command of the guide without 12.5 GB of weights.
"""

import io
import json
import struct
from pathlib import Path
from typing import TYPE_CHECKING, Any

from softhouse.llm_backends.chatglm2.checkpoint import expected_tensors
from softhouse.llm_backends.chatglm2.shape import ModelShape

if TYPE_CHECKING:
    import torch

TINY = ModelShape(layers=3, hidden=64, heads=4, kv_heads=2, head_dim=16, ffn=96, vocab=448, context=4096)

CORPUS = (
    "你好，世界！请写一个命令行程序，输出每个英文字母出现的次数。",
    "[Round 1]\n\n问：今天天气怎么样？\n\n答：晴天，适合散步。",
    'The quick brown fox jumps over the lazy dog; {"name": "value", "items": [1, 2.5, true, null]}',
    "def main(argv):\n    print(f'{argv[0]}: {len(argv) - 1}')\n    return 0",
    "Keep calm and carry on. It was the best of times, it was the worst of times.",
)


def sentencepiece_model(size: int = 400, **options: Any) -> bytes:
    """A SentencePiece model of `size` pieces that, as ChatGLM's, normalises nothing and falls back to bytes."""
    import sentencepiece

    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(CORPUS * 20),
        model_writer=model,
        vocab_size=size,
        minloglevel=2,
        **{
            "model_type": "bpe",
            "byte_fallback": True,
            "normalization_rule_name": "identity",
            "remove_extra_whitespaces": False,
            "pad_id": -1,
            "hard_vocab_limit": False,
            **options,
        },
    )
    return model.getvalue()


def widened(model: bytes, pieces: int) -> bytes:
    """A SentencePiece model with invented words added until it has so many pieces: the release's has 64,789.

    A serialised protocol buffer can be appended to: field 1 of the model is one more piece, whose field 1 is its text
    and field 2 its score.
    """
    from sentencepiece import SentencePieceProcessor

    added = bytearray(model)
    for number in range(pieces - SentencePieceProcessor(model_proto=model).vocab_size()):
        text = (chr(0x4E00 + number % 20_000) + chr(0x3400 + number // 20_000)).encode()
        piece = b"\x0a" + bytes([len(text)]) + text + b"\x15" + struct.pack("<f", -1e4 - number)
        added += b"\x0a" + bytes([len(piece)]) + piece
    return bytes(added)


def original_config(shape: ModelShape, **changes: Any) -> dict[str, Any]:
    """`config.json` as the release has it."""
    return {
        "model_type": "chatglm",
        "architectures": ["ChatGLMModel"],
        "num_layers": shape.layers,
        "padded_vocab_size": shape.vocab,
        "hidden_size": shape.hidden,
        "ffn_hidden_size": shape.ffn,
        "kv_channels": shape.head_dim,
        "num_attention_heads": shape.heads,
        "multi_query_attention": not shape.qkv_by_head,
        "multi_query_group_num": shape.kv_heads,
        "seq_length": shape.context,
        "layernorm_epsilon": shape.rms_eps,
        "add_qkv_bias": shape.qkv_bias,
        "add_bias_linear": False,
        "rmsnorm": True,
        "post_layer_norm": True,
        "apply_query_key_layer_scaling": True,
        "original_rope": True,
        "tie_word_embeddings": shape.tied,
        "eos_token_id": 2,
        "pad_token_id": 0,
        "torch_dtype": "float32",
        **changes,
    }


def original_weights(shape: ModelShape, seed: int = 0, dtype: "torch.dtype | None" = None) -> dict[str, "torch.Tensor"]:
    """Random weights (float32, or `dtype`) of a size at which attention and MLP both matter."""
    import torch

    generator = torch.Generator().manual_seed(seed)
    weights = {}
    for name, size in expected_tensors(shape).items():
        noise = torch.randn(size, generator=generator)
        weights[name] = ((1 + 0.1 * noise) if "layernorm" in name else 0.2 * noise).to(dtype or torch.float32)
    rotary = shape.head_dim // 2
    weights["transformer.rotary_pos_emb.inv_freq"] = 1.0 / 10_000 ** (torch.arange(0, rotary, 2) / rotary)
    return weights


def write_checkpoint(
    folder: Path,
    shape: ModelShape = TINY,
    *,
    weights: "dict[str, torch.Tensor] | None" = None,
    shards: int = 1,
    safetensors: bool = False,
    tokenizer: bytes | None = None,
    **config: Any,
) -> Path:
    """The original layout in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    weights = original_weights(shape) if weights is None else weights
    (folder / "config.json").write_text(json.dumps(original_config(shape, **config)))
    if tokenizer:
        (folder / "tokenizer.model").write_bytes(tokenizer)
    stem, suffix = ("model", "safetensors") if safetensors else ("pytorch_model", "bin")
    names = list(weights)
    places = dict[str, str]()
    for number in range(shards):
        part = {
            name: weights[name] for name in names[number * len(names) // shards : (number + 1) * len(names) // shards]
        }
        file = f"{stem}.{suffix}" if shards == 1 else f"{stem}-{number + 1:05d}-of-{shards:05d}.{suffix}"
        _save(part, folder / file, safetensors=safetensors)
        places |= dict.fromkeys(part, file)
    if shards > 1:
        (folder / f"{stem}.{suffix}.index.json").write_text(json.dumps({"metadata": {}, "weight_map": places}))
    return folder


def _save(weights: "dict[str, torch.Tensor]", path: Path, *, safetensors: bool) -> None:
    if not safetensors:
        import torch

        torch.save(weights, path)
        return
    from safetensors.torch import save_file

    save_file({name: tensor.contiguous() for name, tensor in weights.items()}, path)
