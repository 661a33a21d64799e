"""A GGUF of llama.cpp's architecture `chatglm`, written tensor by tensor with the `gguf` package.

Keys and tensor names are those of the GGUF specification (https://github.com/ggml-org/ggml/blob/master/docs/gguf.md).
Three keys are ours, under `softhouse.`: the SentencePiece model itself in base64, the chat format, and the ids that end
an answer; so a file that is moved alone can still be talked to.
"""

import base64
import json
import mmap
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from softhouse.errors import UnknownModelError
from softhouse.llm_backends.chatglm2.checkpoint import EMBEDDING, FINAL_NORM, OUTPUT
from softhouse.llm_backends.chatglm2.native import QKV, split_qkv
from softhouse.llm_backends.chatglm2.shape import ChatFormat, ModelShape
from softhouse.llm_backends.chatglm2.tokenizer import CONTROL, NORMAL, UNKNOWN, ChatGLMTokenizer, Piece
from softhouse.llm_backends.gguf_header import _Reader, read_header

if TYPE_CHECKING:
    import numpy.typing as npt
    from gguf import GGUFWriter
    from torch import Tensor

Quant = Literal["f32", "f16", "q8_0", "q4_0", "q4_k_m"]
SENTENCEPIECE_KEY, FORMAT_KEY, STOP_KEY = "softhouse.sentencepiece", "softhouse.chat_format", "softhouse.stop_ids"
_ENDS = {EMBEDDING: "token_embd.weight", FINAL_NORM: "output_norm.weight", OUTPUT: "output.weight"}
_PARTS = {
    "input_layernorm": "attn_norm",
    "post_attention_layernorm": "ffn_norm",
    "self_attention.dense": "attn_output",
    "mlp.dense_h_to_4h": "ffn_up",
    "mlp.dense_4h_to_h": "ffn_down",
    QKV: "attn_qkv",
}
# rows quantised at once: bounds the float32 copies beside the tensor
_ROWS = 2048
_FILE_TYPES: dict[Quant, int] = {"f32": 0, "f16": 1, "q8_0": 7, "q4_0": 2, "q4_k_m": 15}


def gguf_name(name: str) -> str:
    """What the original's tensor `name` is called in GGUF.

    >>> gguf_name("transformer.encoder.layers.7.self_attention.query_key_value.bias")
    'blk.7.attn_qkv.bias'
    """
    if name in _ENDS:
        return _ENDS[name]
    layer, _, rest = name.removeprefix("transformer.encoder.layers.").partition(".")
    part, _, kind = rest.rpartition(".")
    return f"blk.{layer}.{_PARTS[part]}.{kind}"


def gguf_tensor(name: str, tensor: "Tensor", shape: ModelShape) -> "Tensor":
    """The original's tensor as llama.cpp wants it: all queries, all keys, all values."""
    if QKV in name and shape.qkv_by_head:
        import torch

        return torch.cat(split_qkv(tensor, shape))
    return tensor


def tensor_type(name: str, size: tuple[int, ...], quant: Quant, layers: int) -> str:
    """The name of the ggml type that one tensor gets, as llama.cpp's own quantiser mixes them.

    >>> tensor_type("blk.0.ffn_up.weight", (27392, 4096), "q4_k_m", 28)
    'Q4_K'
    >>> tensor_type("blk.0.ffn_down.weight", (4096, 13696), "q4_k_m", 28)
    'Q8_0'
    """
    if len(size) == 1 or quant == "f32":
        return "F32"
    if quant == "f16" or size[-1] % 32:
        return "F16"
    if quant == "q8_0":
        return "Q8_0"
    # the last matrix, and in q4_k_m whatever touches attention or every so many layers, deserve more bits
    careful = name == "output.weight"
    if quant == "q4_k_m":
        layer = int(name.split(".")[1]) if name.startswith("blk.") else 0
        early_or_late = layer < layers // 8 or layer >= 7 * layers // 8 or (layer - layers // 8) % 3 == 2
        careful |= any(part in name for part in ("attn_qkv", "attn_v")) or ("ffn_down" in name and early_or_late)
    whole_blocks = size[-1] % 256 == 0
    if careful:
        return "Q6_K" if whole_blocks else "Q8_0"
    if quant == "q4_0":
        return "Q4_0"
    return "Q4_K" if whole_blocks else "Q5_0"


def type_bytes(type_name: str, size: tuple[int, ...]) -> int:
    """Bytes of a tensor of `size` in a ggml type.

    >>> type_bytes("Q4_0", (2, 64))
    72
    """
    per_block, block = {
        "F32": (4, 1), "F16": (2, 1), "Q8_0": (34, 32), "Q4_0": (18, 32), "Q5_0": (22, 32), "Q4_K": (144, 256),
        "Q6_K": (210, 256),
    }[type_name]  # fmt: skip
    count = 1
    for extent in size:
        count *= extent
    return count // block * per_block


def quantised(tensor: "Tensor", type_name: str) -> "npt.NDArray[Any]":
    """`tensor` as the bytes (or the floats) of a ggml type, computed a few rows at a time."""
    import gguf
    import numpy as np
    import torch

    from softhouse.llm_backends.chatglm2.k_quants import quantise_q4_k, quantise_q6_k

    if type_name in ("F32", "F16"):
        return tensor.to(torch.float32 if type_name == "F32" else torch.float16).contiguous().numpy()
    own = {"Q4_K": quantise_q4_k, "Q6_K": quantise_q6_k}
    rows, columns = tensor.shape
    result = np.empty((rows, type_bytes(type_name, (1, columns))), np.uint8)
    for begin in range(0, rows, _ROWS):
        part = tensor[begin : begin + _ROWS].to(torch.float32).contiguous().numpy()
        if type_name in own:
            result[begin : begin + _ROWS] = own[type_name](part)
        else:
            result[begin : begin + _ROWS] = gguf.quantize(part, gguf.GGMLQuantizationType[type_name])
    return result


def write_metadata(
    writer: "GGUFWriter",
    shape: ModelShape,
    tokenizer: ChatGLMTokenizer | None,
    name: str,
    quant: Quant,
    stop: list[int],
) -> None:
    """Everything but the tensors; without a tokenizer, ids stand in for the vocabulary (prompts are then ids too)."""
    import gguf

    writer.add_name(name)
    writer.add_type("model")
    writer.add_file_type(_FILE_TYPES[quant])
    writer.add_quantization_version(gguf.GGML_QUANT_VERSION)
    writer.add_context_length(shape.context)
    writer.add_embedding_length(shape.hidden)
    writer.add_block_count(shape.layers)
    writer.add_feed_forward_length(shape.ffn)
    writer.add_head_count(shape.heads)
    writer.add_head_count_kv(shape.kv_heads)
    writer.add_key_length(shape.head_dim)
    writer.add_value_length(shape.head_dim)
    writer.add_layer_norm_rms_eps(shape.rms_eps)
    writer.add_vocab_size(shape.vocab)
    writer.add_rope_dimension_count(shape.head_dim // 2)
    writer.add_rope_freq_base(shape.rope_theta)
    if shape.rope_stretch != 1:
        writer.add_rope_scaling_type(gguf.RopeScalingType.LINEAR)
        writer.add_rope_scaling_factor(shape.rope_stretch)
    pieces = tokenizer.vocabulary(shape.vocab) if tokenizer else _numbered(shape.vocab)
    writer.add_tokenizer_model("llama")
    writer.add_tokenizer_pre("chatglm-spm")
    writer.add_token_list([piece.text.encode() for piece in pieces])
    writer.add_token_scores([piece.score for piece in pieces])
    writer.add_token_types([piece.kind for piece in pieces])
    writer.add_unk_token_id(0)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(shape.eos_id)
    writer.add_pad_token_id(shape.pad_id)
    # llama.cpp's grammars tokenise and detokenise pieces of text: a space put in front of each, or taken away, derails
    # them. The template below writes the one that SentencePiece has in front of the prompt.
    writer.add_add_space_prefix(False)
    writer.add_add_bos_token(False)
    writer.add_add_eos_token(False)
    writer.add_string(STOP_KEY, json.dumps(stop))
    writer.add_string(FORMAT_KEY, shape.chat_format)
    if tokenizer:
        writer.add_string(SENTENCEPIECE_KEY, base64.b64encode(tokenizer.model).decode())
        writer.add_chat_template(_CHAT_TEMPLATES[shape.chat_format])


def _numbered(size: int) -> list[Piece]:
    pieces = [Piece("<unk>", 0.0, UNKNOWN), Piece("<s>", 0.0, CONTROL), Piece("</s>", 0.0, CONTROL)]
    return pieces + [Piece(f"[{token}]", 0.0, NORMAL) for token in range(3, size)]


# for other programs that open the file; the house itself sends ids
_CHAT_TEMPLATES: dict[ChatFormat, str] = {
    "chatglm2": (
        "[gMASK]sop {% set ns = namespace(n=1, q='') %}{% for m in messages %}{% if m.role == 'assistant' %}"
        "[Round {{ ns.n }}]\n\n问：{{ ns.q }}\n\n答：{{ m.content }}\n\n{% set ns.n = ns.n + 1 %}{% set ns.q = '' %}"
        "{% else %}{% set ns.q = ns.q + ('\n\n' if ns.q else '') + m.content %}{% endif %}{% endfor %}"
        "{% if add_generation_prompt %}[Round {{ ns.n }}]\n\n问：{{ ns.q }}\n\n答：{% endif %}"
    ),
    "chatglm3": (
        "[gMASK]sop{% for m in messages %}<|{{ m.role }}|> \n {{ m.content }}{% endfor %}"
        "{% if add_generation_prompt %}<|assistant|> \n{% endif %}"
    ),
}


@dataclass(frozen=True)
class GGUFFacts:
    """What the house needs to know of a converted file before llama.cpp loads it."""

    shape: ModelShape
    stop_ids: tuple[int, ...]
    sentencepiece: bytes | None


def read_facts(path: Path) -> GGUFFacts:
    """The shape and the tokenizer in a GGUF; `UnknownModelError` where it is no GGUF of a ChatGLM2 or 3."""
    values, tensors = _read(path)
    architecture = values.get("general.architecture")
    if architecture != "chatglm":
        raise UnknownModelError(f"{path} holds the architecture {architecture!r}, not chatglm; use it as gguf:{path}")

    def number(key: str) -> float:
        value = values.get(f"chatglm.{key}")
        if not isinstance(value, int | float):
            raise UnknownModelError(f"{path} lacks chatglm.{key}; convert it with: softhouse models convert")
        return value

    model = values.get(SENTENCEPIECE_KEY)
    eos = int(values.get("tokenizer.ggml.eos_token_id") or 2)
    shape = ModelShape(
        layers=int(number("block_count")),
        hidden=int(number("embedding_length")),
        heads=int(number("attention.head_count")),
        kv_heads=int(number("attention.head_count_kv")),
        head_dim=int(number("embedding_length") // number("attention.head_count")),
        ffn=int(number("feed_forward_length")),
        vocab=int(number("vocab_size")),
        context=int(number("context_length")),
        # stored in float32: 1e-05 comes back as 9.99999974e-06
        rms_eps=float(f"{number('attention.layer_norm_rms_epsilon'):.6g}"),
        tied="output.weight" not in tensors,
        eos_id=eos,
        chat_format="chatglm3" if values.get(FORMAT_KEY) == "chatglm3" else "chatglm2",
    )
    stop = json.loads(str(values.get(STOP_KEY) or f"[{eos}]"))
    return GGUFFacts(shape, tuple(stop), base64.b64decode(str(model)) if model else None)


def _read(path: Path) -> tuple[dict[str, str | float | None], set[str]]:
    """The keys that are no arrays, and the names of the tensors; the `gguf` package takes seconds for a vocabulary."""
    read_header(path)  # refuses what is missing, damaged or no GGUF
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        reader = _Reader(data)
        _version, tensors, pairs = reader.take("IQQ")
        values, names = dict[str, str | float | None](), set[str]()
        for _ in range(pairs):
            key = reader.string()
            values[key] = reader.value(reader.take("I")[0])
        for _ in range(tensors):
            names.add(reader.string())
            (dimensions,) = reader.take("I")
            reader.take(f"{dimensions}QIQ")
    return values, names
