"""A real encoder of random weights, as a folder of transformers and, the same numbers, as a GGUF file."""

from pathlib import Path
from typing import Any

WIDTH, LAYERS, HEADS, FFN, CONTEXT = 32, 2, 4, 64, 64
SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
LETTERS = "abcdefghijklmnopqrstuvwxyz"
VOCABULARY = (*SPECIAL, *LETTERS, *(f"##{letter}" for letter in LETTERS))
TENSORS = {
    "attention.self.query": "attn_q",
    "attention.self.key": "attn_k",
    "attention.self.value": "attn_v",
    "attention.output.dense": "attn_output",
    "attention.output.LayerNorm": "attn_output_norm",
    "intermediate.dense": "ffn_up",
    "output.dense": "ffn_down",
    "output.LayerNorm": "layer_output_norm",
}
"""Of a layer: its name in transformers' BERT, and in llama.cpp's."""


def write_encoder(folder: Path) -> Path:
    import tokenizers
    import torch
    import transformers

    words: Any = tokenizers.Tokenizer(
        tokenizers.models.WordPiece({token: n for n, token in enumerate(VOCABULARY)}, unk_token="[UNK]")
    )
    words.normalizer = tokenizers.normalizers.BertNormalizer()
    words.pre_tokenizer = tokenizers.pre_tokenizers.BertPreTokenizer()
    words.post_processor = tokenizers.processors.BertProcessing(
        ("[SEP]", VOCABULARY.index("[SEP]")), ("[CLS]", VOCABULARY.index("[CLS]"))
    )
    fast: Any = transformers.PreTrainedTokenizerFast
    names = {"pad_token": "[PAD]", "unk_token": "[UNK]", "cls_token": "[CLS]", "sep_token": "[SEP]"}
    fast(tokenizer_object=words, **names).save_pretrained(folder)
    torch.manual_seed(6)
    config = transformers.BertConfig(
        vocab_size=len(VOCABULARY), hidden_size=WIDTH, num_hidden_layers=LAYERS, num_attention_heads=HEADS,
        intermediate_size=FFN, max_position_embeddings=CONTEXT, initializer_range=0.4, hidden_act="gelu_new",
    )  # fmt: skip
    transformers.BertModel(config).save_pretrained(folder)
    return folder


def write_gguf(folder: Path, path: Path) -> Path:
    """The encoder in `folder` as llama.cpp reads it."""
    import gguf
    import safetensors.numpy

    weights = safetensors.numpy.load_file(folder / "model.safetensors")
    writer = gguf.GGUFWriter(path, "bert")
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(FFN)
    writer.add_head_count(HEADS)
    writer.add_layer_norm_eps(1e-12)
    writer.add_causal_attention(False)
    writer.add_pooling_type(gguf.PoolingType.MEAN)
    writer.add_tokenizer_model("bert")
    writer.add_token_type_count(2)
    # beginnings of words are marked, where BERT marks what goes on
    plain = [token if token in SPECIAL else f"\u2581{token}" for token in VOCABULARY]
    writer.add_token_list([token.removeprefix("\u2581##") for token in plain])
    writer.add_token_types([3] * len(SPECIAL) + [1] * (len(VOCABULARY) - len(SPECIAL)))
    writer.add_unk_token_id(1)
    writer.add_pad_token_id(0)
    writer.add_bos_token_id(2)
    writer.add_sep_token_id(3)
    writer.add_tensor("token_embd.weight", weights["embeddings.word_embeddings.weight"])
    writer.add_tensor("position_embd.weight", weights["embeddings.position_embeddings.weight"])
    writer.add_tensor("token_types.weight", weights["embeddings.token_type_embeddings.weight"])
    for part in ("weight", "bias"):
        writer.add_tensor(f"token_embd_norm.{part}", weights[f"embeddings.LayerNorm.{part}"])
        for layer in range(LAYERS):
            for theirs, name in TENSORS.items():
                writer.add_tensor(f"blk.{layer}.{name}.{part}", weights[f"encoder.layer.{layer}.{theirs}.{part}"])
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path
