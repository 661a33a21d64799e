"""A model folder with a `LlamaForCausalLM` as a GGUF of llama.cpp's architecture `llama`.

Keys and tensor names are those of the GGUF specification, https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
"""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from softhouse.errors import UsageError
from softhouse.llm_backends.whole_file import whole_file
from softhouse.training.architectures.folder import read_config, read_json_object, special_ids
from softhouse.training.tokenizer.learning import LLAMA_CPP_NAME, PIECES

if TYPE_CHECKING:
    from torch import Tensor

    from softhouse.training.export.configuration import Precision

NORMAL, CONTROL, USER_DEFINED, UNUSED = 1, 3, 4, 5
FILE_TYPES: "Mapping[Precision, int]" = {"f32": 0, "f16": 1, "q8_0": 7}
NAMES = {
    "model.embed_tokens": "token_embd",
    "model.norm": "output_norm",
    "lm_head": "output",
    "input_layernorm": "attn_norm",
    "post_attention_layernorm": "ffn_norm",
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
}


def write_gguf(folder: Path, path: Path, precision: "Precision") -> None:
    """Write the model in `folder` to `path`; the same folder makes the same bytes.

    Raises `UsageError` for a model that `gguf_refusal` has something against, or whose files don't fit together.
    """
    import gguf
    from safetensors import SafetensorError

    if refusal := gguf_refusal(folder):
        raise UsageError(f"{folder} can't become a GGUF: {refusal}")
    config = read_config(folder)
    try:
        with whole_file(path) as partial:
            writer = gguf.GGUFWriter(partial, "llama")
            _write_shape(writer, config, folder.parent.name, precision)
            _write_tokenizer(writer, folder, config["vocab_size"])
            _write_weights(writer, folder, config, precision)
            writer.write_header_to_file()
            writer.write_kv_data_to_file()
            writer.write_tensors_to_file()
            writer.close()
    except (KeyError, IndexError, TypeError, ValueError, SafetensorError) as error:
        raise UsageError(f"{folder} can't become a GGUF: its files don't fit together ({error!r})") from None


def gguf_refusal(folder: Path) -> str | None:
    """Why the model in `folder` can't become a GGUF that says the same; None where it can."""
    config = read_config(folder)
    if config.get("architectures") != ["LlamaForCausalLM"]:
        return f"only a decoder becomes one, not a {config.get('model_type')}"
    rope = config.get("rope_parameters") or config.get("rope_scaling") or {}
    if rope.get("rope_type", "default") != "default" or config.get("attention_bias") or config.get("mlp_bias"):
        return "its positions are scaled or its layers have biases"
    if llama_cpp_pattern(read_json_object(folder / "tokenizer.json")) is None:
        return "llama.cpp has no name for how its tokenizer cuts text"
    return None


def gguf_name(name: str) -> str:
    """What llama.cpp calls the weight `name` of transformers.

    >>> gguf_name("model.layers.3.self_attn.q_proj.weight"), gguf_name("lm_head.weight")
    ('blk.3.attn_q.weight', 'output.weight')
    """
    stem = name.removesuffix(".weight")
    if stem in NAMES:
        return f"{NAMES[stem]}.weight"
    _, _, layer, part = stem.split(".", 3)
    return f"blk.{layer}.{NAMES[part]}.weight"


def interleaved(weight: "Tensor", heads: int) -> "Tensor":
    """Rows of queries or keys in llama.cpp's order: it turns number 2i of a head with 2i + 1, not i with i + half.

    >>> import torch
    >>> interleaved(torch.arange(4).view(4, 1), heads=1).flatten().tolist()
    [0, 2, 1, 3]
    """
    rows, columns = weight.shape
    return weight.view(heads, 2, rows // heads // 2, columns).transpose(1, 2).reshape(rows, columns)


def llama_cpp_pattern(tokenizer: Mapping[str, Any]) -> str | None:
    """llama.cpp's name for how `tokenizer` (the content of a tokenizer.json) cuts text; None where it has none.

    >>> llama_cpp_pattern({"pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": False, "use_regex": True}})
    'gpt-2'
    """
    pre = tokenizer.get("pre_tokenizer") or {}
    steps = pre["pretokenizers"] if pre.get("type") == "Sequence" else [pre]
    kinds = [step.get("type") for step in steps]
    whole = all(step.get("use_regex", True) for step in steps if step["type"] == "ByteLevel") if pre else False
    prefixed = any(step.get("add_prefix_space") for step in steps)
    if not prefixed and not tokenizer.get("normalizer"):
        if kinds == ["Split", "ByteLevel"] and steps[0]["pattern"] == {"Regex": PIECES}:
            return LLAMA_CPP_NAME
        if kinds == ["ByteLevel"] and whole:
            return "gpt-2"
        if kinds == ["Digits", "ByteLevel"] and steps[0]["individual_digits"] and whole:
            return "smollm"
    return None


def _write_shape(writer: Any, config: Mapping[str, Any], name: str, precision: "Precision") -> None:
    import gguf

    heads = config["num_attention_heads"]
    head_width = config.get("head_dim") or config["hidden_size"] // heads
    rope = config.get("rope_parameters") or {}
    writer.add_name(name)
    writer.add_type("model")
    writer.add_file_type(FILE_TYPES[precision])
    writer.add_quantization_version(gguf.GGML_QUANT_VERSION)
    writer.add_vocab_size(config["vocab_size"])
    writer.add_context_length(config["max_position_embeddings"])
    writer.add_embedding_length(config["hidden_size"])
    writer.add_block_count(config["num_hidden_layers"])
    writer.add_feed_forward_length(config["intermediate_size"])
    writer.add_head_count(heads)
    writer.add_head_count_kv(config.get("num_key_value_heads") or heads)
    writer.add_key_length(head_width)
    writer.add_value_length(head_width)
    writer.add_layer_norm_rms_eps(config["rms_norm_eps"])
    writer.add_rope_dimension_count(head_width)
    writer.add_rope_freq_base(rope.get("rope_theta") or config.get("rope_theta") or 10_000.0)


def _write_tokenizer(writer: Any, folder: Path, size: int) -> None:
    tokenizer = read_json_object(folder / "tokenizer.json")
    declared = read_json_object(folder / "tokenizer_config.json")
    tokens = [f"[unused {index}]" for index in range(size)]
    types = [UNUSED] * size
    for token, index in tokenizer["model"]["vocab"].items():
        tokens[index], types[index] = token, NORMAL
    for added in tokenizer["added_tokens"]:
        tokens[added["id"]], types[added["id"]] = added["content"], CONTROL if added["special"] else USER_DEFINED
    merges = [merge if isinstance(merge, str) else " ".join(merge) for merge in tokenizer["model"]["merges"]]
    ids = special_ids(folder)
    end = ids["end_of_turn"] if ids["end_of_turn"] is not None else ids["eos_token_id"]
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre(llama_cpp_pattern(tokenizer))
    writer.add_token_list([token.encode() for token in tokens])
    writer.add_token_types(types)
    writer.add_token_merges(merges)
    writer.add_add_bos_token(False)
    if end is not None:
        writer.add_eos_token_id(end)
    if (pad := ids["pad_token_id"]) is not None:
        writer.add_pad_token_id(pad)
    template = folder / "chat_template.jinja"
    text = template.read_text(encoding="utf-8") if template.is_file() else declared.get("chat_template")
    if isinstance(text, str):
        writer.add_chat_template(text)


def _write_weights(writer: Any, folder: Path, config: Mapping[str, Any], precision: "Precision") -> None:
    import gguf
    import torch
    from safetensors import safe_open

    heads, groups = config["num_attention_heads"], config.get("num_key_value_heads") or config["num_attention_heads"]
    tied = config.get("tie_word_embeddings", False)
    for path in sorted(folder.glob("*.safetensors")):
        with safe_open(path, "pt") as file:
            for name in sorted(file.keys()):
                if tied and name == "lm_head.weight":
                    continue
                weight: Tensor = file.get_tensor(name)
                if name.endswith((".q_proj.weight", ".k_proj.weight")):
                    weight = interleaved(weight, heads if ".q_proj." in name else groups)
                numbers = weight.to(torch.float32).numpy()
                if weight.dim() == 1 or precision == "f32":
                    writer.add_tensor(gguf_name(name), numbers)
                elif precision == "f16" or weight.shape[1] % 32:
                    writer.add_tensor(gguf_name(name), numbers.astype("float16"))
                else:
                    kind = gguf.GGMLQuantizationType.Q8_0
                    writer.add_tensor(gguf_name(name), gguf.quantize(numbers, kind), raw_dtype=kind)
