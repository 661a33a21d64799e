"""A vocabulary of our own: nothing is lost, transformers reads it the same, the same text makes the same bytes."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from softhouse.errors import UsageError
from softhouse.training.configuration import TrainingConfiguration
from softhouse.training.progress import Silence
from softhouse.training.step import StepContext, Table
from softhouse.training.tokenizer import Configuration, run
from softhouse.training.tokenizer.learning import learn, limited
from softhouse.training.tokenizer.special_tokens import CHAT_TEMPLATE, ID_OF, SPECIAL_TOKENS, gap_prompt
from softhouse.training.tokenizer.tokenizer import Tokenizer
from softhouse.training.tokenizer.vocabulary_report import measure

pytestmark = pytest.mark.torch

MIXED = [
    "def f(self, x):\n        return self.x.append('你好，世界') + 12345\n",
    "\t\tif a:\r\n\r\n   \n  b = c  # émigré \u00a0\u2003 naïve 🎉👩‍👩‍👧 e\u0301",
    "I'LL we've ſ'S ①②½ ٣ ૪ ｆｕｌｌ　ｗｉｄｔｈ\u200b\u2028x\x85y\x1cz\x00",
    "مرحبا שלום привет Ελληνικά हिन्दी ไทย 日本語 한국어",
    "<|im_start|>system\n<|endoftext|>",
    "",
]


@pytest.fixture(scope="module")
def tokenizer(learned_vocabulary: Path) -> Tokenizer:
    return Tokenizer.open(learned_vocabulary / "tokenizer")


@pytest.fixture
def tokenizer_context(learned_vocabulary: Path, tmp_path: Path) -> StepContext:
    """For the step itself, beside the data of `learned_vocabulary`."""
    for path in (learned_vocabulary / "data").iterdir():
        (tmp_path / "data").mkdir(exist_ok=True)
        (tmp_path / "data" / path.name).write_bytes(path.read_bytes())
    (tmp_path / "data" / "manifest.json").write_text("{}")
    (tmp_path / "tokenizer").mkdir()
    return StepContext(out=tmp_path, folder=tmp_path / "tokenizer", seed=0, progress=Silence())


@given(some.binary(max_size=200))
def test_any_bytes_come_back(tokenizer: Tokenizer, data: bytes) -> None:
    ids = tokenizer.encode_bytes(data)

    assert tokenizer.decode_bytes(ids) == data
    assert not tokenizer.special_ids.intersection(ids)


@given(some.text(max_size=200))
def test_any_text_comes_back(tokenizer: Tokenizer, text: str) -> None:
    assert tokenizer.decode(tokenizer.encode(text)) == text
    assert tokenizer.encode_bytes(text.encode()) == tokenizer.encode(text)


@pytest.mark.parametrize("text", MIXED)
def test_transformers_reads_it_the_same(text: str, tokenizer: Tokenizer, learned_vocabulary: Path) -> None:
    import transformers

    theirs: Any = transformers.AutoTokenizer.from_pretrained(learned_vocabulary / "tokenizer")
    ids = theirs.encode(text, add_special_tokens=False)

    assert theirs.decode(tokenizer.encode(text), clean_up_tokenization_spaces=False) == text
    if "<|" in text:
        assert ids != tokenizer.encode(text), "in a text, ours takes no special token for one"
    else:
        assert ids == tokenizer.encode(text)
    [[together]] = [tokenizer.encode_batch([text])]
    assert together == tokenizer.encode(text)


def test_a_conversation_is_written_in_chatml(learned_vocabulary: Path, tokenizer: Tokenizer) -> None:
    import transformers

    theirs: Any = transformers.AutoTokenizer.from_pretrained(learned_vocabulary / "tokenizer")
    turns = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "你好"}]

    written = theirs.apply_chat_template(turns, add_generation_prompt=True, tokenize=False)

    assert theirs.chat_template == CHAT_TEMPLATE
    assert written == (
        "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\n你好<|im_end|>\n<|im_start|>assistant\n"
    )
    ids = theirs.encode(written, add_special_tokens=False)
    assert ids.count(ID_OF["<|im_start|>"]) == 3
    assert tokenizer.decode(ids) == written
    assert (theirs.eos_token_id, theirs.pad_token_id, theirs.mask_token_id) == (0, 1, 7)


def test_special_tokens_are_the_first_ids(tokenizer: Tokenizer) -> None:
    assert [tokenizer.token(token) for token in SPECIAL_TOKENS] == list(range(40))
    assert SPECIAL_TOKENS[:7] == (
        "<|endoftext|>",
        "<|pad|>",
        "<|im_start|>",
        "<|im_end|>",
        "<|fim_prefix|>",
        "<|fim_middle|>",
        "<|fim_suffix|>",
    )
    assert tokenizer.size == 700
    assert tokenizer.token("the") is None
    assert tokenizer.decode(gap_prompt(tokenizer.encode("a = "), tokenizer.encode("\n"))) == (
        "<|fim_prefix|>a = <|fim_suffix|>\n<|fim_middle|>"
    )


def test_indentation_is_cheap_and_digits_stand_alone(tokenizer: Tokenizer) -> None:
    spaces = {len(token) for token in tokenizer.tokens if token and not token.strip(b" ")}

    assert {3, 7, 11} <= spaces, "what is left of an indentation when the word takes a space"
    assert [tokenizer.decode([index]) for index in tokenizer.encode("2026")] == ["2", "0", "2", "6"]


LEARN = """
import sys
from pathlib import Path
from softhouse.training.tokenizer.configuration import Configuration
from softhouse.training.tokenizer.learning import documents, learn, save

texts = (document["text"] for document in documents(sorted(Path(sys.argv[1]).glob("*.jsonl"))))
save(learn(texts, Configuration(vocabulary=700)), Path(sys.argv[2]))
"""


def test_the_same_text_makes_the_same_bytes(learned_vocabulary: Path, tmp_path: Path) -> None:
    made = []
    for seed in ("1", "2"):
        folder = tmp_path / seed
        folder.mkdir()
        command = [sys.executable, "-c", LEARN, str(learned_vocabulary / "data"), str(folder)]
        subprocess.run(command, check=True, env={"PYTHONHASHSEED": seed, "PATH": ""})
        made.append((folder / "tokenizer.json").read_bytes())

    assert made[0] == made[1]


def test_the_step_learns_and_shows_what_came_out(tokenizer_context: StepContext) -> None:
    configuration = TrainingConfiguration("test", {"tokenizer": {"vocabulary": 600}})

    result = run(tokenizer_context, configuration)

    folder = tokenizer_context.folder
    assert result.outputs == [folder / "tokenizer.json", folder / "tokenizer_config.json"]
    assert [path.name for path in result.inputs] == [
        "train-00000.jsonl",
        "train-00001.jsonl",
        "validation-00000.jsonl",
    ]
    assert result.numbers["tokens in the vocabulary"] == Tokenizer.open(folder).size == 600
    tables = {part.title: part for section in result.sections for part in section.parts if isinstance(part, Table)}
    [(kind, documents, size, tokens, ratio)] = tables["Bytes a token"].rows
    validation = json.loads((tokenizer_context.out / "data" / "validation-00000.jsonl").read_text())["text"]
    assert (kind, documents, size) == ("python", 1, len(validation.encode()))
    assert tokens == len(Tokenizer.open(folder).encode(validation))
    assert result.numbers["bytes a token"] == ratio == len(validation.encode()) / int(str(tokens))
    groups = {str(row[0]): int(str(row[1])) for row in tables["Groups of tokens"].rows}
    assert sum(groups.values()) == 600
    assert groups["special"] == 40
    assert groups["spaces"] > 3
    lengths = [int(str(row[2])) for row in tables["Longest tokens"].rows]
    assert lengths == sorted(lengths, reverse=True)
    assert max(lengths) <= 32


def test_learning_looks_at_no_more_text_than_it_may() -> None:
    assert list(limited(iter(["aaaa", "bb你", "c", "d"]), 9, Silence())) == ["aaaa", "bb你"]


def test_nothing_to_learn_from_is_said() -> None:
    with pytest.raises(UsageError, match="no text to learn"):
        learn([], Configuration())


def test_a_vocabulary_is_no_larger_than_its_text_allows() -> None:
    small = Tokenizer(learn(["ab ab ab"], Configuration(vocabulary=5000)))

    assert small.size < 310
    assert measure(small, [{"text": "ab", "source": "here"}], Silence()).bytes_a_token == 2


def test_a_folder_without_a_tokenizer_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"has no tokenizer\.json; make one with: softhouse train tokenizer"):
        Tokenizer.open(tmp_path)
    (tmp_path / "tokenizer.json").write_text("{}")
    with pytest.raises(UsageError, match="can't be read as a byte-level tokenizer"):
        Tokenizer.open(tmp_path)
