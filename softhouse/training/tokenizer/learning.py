"""Byte-level BPE: the pair of tokens that is seen most often becomes a token, again and again.

What a token can be made of is decided before that, by a pattern that cuts the text into pieces: a word with the one
character before it (a space, a dot, a bracket, an underscore), a single digit, a run of punctuation, a run of line
ends, a run of spaces. It is the pattern of Qwen 2, because llama.cpp has it built in under the name `qwen2` (and so
gives the same ids), and because on Python it makes fewer tokens than GPT-2's and SmolLM's
(`benchmarks/training_tokenizer.py`).
Nothing is normalised: decoding gives back every byte.
"""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from softhouse.errors import UsageError
from softhouse.llm_backends.whole_file import whole_file
from softhouse.training.tokenizer.special_tokens import CHAT_TEMPLATE, END_OF_TEXT, MASK, PAD, SPECIAL_TOKENS
from softhouse.training.tokenizer.tokenizer import TOKENIZER_FILE, Tokenizer, character_of_byte

if TYPE_CHECKING:
    from softhouse.training.progress import Progress
    from softhouse.training.step import StepContext, StepResult
    from softhouse.training.tokenizer.configuration import Configuration

PIECES = (
    r"(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}"
    r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
"""https://github.com/ggml-org/llama.cpp/blob/master/src/llama-vocab.cpp, LLAMA_VOCAB_PRE_TYPE_QWEN2"""
LLAMA_CPP_NAME = "qwen2"
CONFIG_FILE = "tokenizer_config.json"


def run(context: "StepContext", configuration: "Configuration") -> "StepResult":
    """Learn from OUT/data/train-*.jsonl, then look at what came out with OUT/data/validation-*.jsonl."""
    from softhouse.training.step import StepResult
    from softhouse.training.tokenizer.vocabulary_report import measure, sections

    data = context.output_of("data")
    train, validation = sorted(data.glob("train-*.jsonl")), sorted(data.glob("validation-*.jsonl"))
    texts = (document["text"] for document in documents(train))
    learned = learn(limited(texts, configuration.megabytes * 1e6, context.progress), configuration)
    save(learned, context.folder)
    tokenizer = Tokenizer(learned)
    measured = measure(tokenizer, documents(validation or train), context.progress)
    return StepResult(
        inputs=[*train, *validation],
        outputs=[context.folder / TOKENIZER_FILE, context.folder / CONFIG_FILE],
        numbers={"tokens in the vocabulary": tokenizer.size, "bytes a token": measured.bytes_a_token},
        sections=sections(tokenizer, measured),
    )


def learn(texts: Iterable[str], configuration: "Configuration") -> Any:
    """A `tokenizers.Tokenizer`, the same for the same texts. Raises `UsageError` where there is no text."""
    from tokenizers import Regex, decoders, models, pre_tokenizers, trainers
    from tokenizers import Tokenizer as Library

    tokenizer = Library(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(PIECES), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=configuration.vocabulary,
        min_frequency=configuration.min_frequency,
        max_token_length=configuration.max_token_bytes,
        special_tokens=list(SPECIAL_TOKENS),
        initial_alphabet=sorted(character_of_byte().values()),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    if tokenizer.get_vocab_size() == len(SPECIAL_TOKENS) + 256:
        raise UsageError("there is no text to learn a vocabulary from; look at the report of the step data")
    return tokenizer


def save(tokenizer: Any, folder: Path) -> None:
    """`tokenizer.json` and `tokenizer_config.json`, as `transformers.AutoTokenizer` reads them."""
    config = {
        "add_prefix_space": False,
        "bos_token": None,
        "chat_template": CHAT_TEMPLATE,
        "clean_up_tokenization_spaces": False,
        "eos_token": END_OF_TEXT,
        "mask_token": MASK,
        "pad_token": PAD,
        "tokenizer_class": "PreTrainedTokenizerFast",
    }
    for name, text in (
        (CONFIG_FILE, json.dumps(config, indent=2, sort_keys=True) + "\n"),
        (TOKENIZER_FILE, tokenizer.to_str(pretty=True)),
    ):
        with whole_file(folder / name) as partial:
            partial.write_text(text, encoding="utf-8", newline="\n")


def documents(paths: Iterable[Path]) -> Iterator[dict[str, str]]:
    """The documents of the step `data`, one after another: `text`, `kind` and more."""
    for path in paths:
        with path.open(encoding="utf-8") as lines:
            for line in lines:
                yield json.loads(line)


def limited(texts: Iterable[str], limit: float, progress: "Progress") -> Iterator[str]:
    """The first of `texts` until they have `limit` bytes."""
    seen = 0
    progress.begin("reading text (bytes)", limit)
    for text in texts:
        yield text
        seen += len(text.encode())
        progress.update(seen)
        if seen >= limit:
            break
    progress.begin("learning tokens")
