"""Which tokens a model learns from, when, and what it is to predict."""

import json
from pathlib import Path

import numpy as np
import pytest

from softhouse.errors import UsageError
from softhouse.training.architectures.loss import IGNORED
from softhouse.training.pretraining.objectives import CorruptedSpans, HiddenTokens, NextToken, pieces
from softhouse.training.pretraining.packing import Tokens, pack
from softhouse.training.pretraining.windows import InOrder, Windows
from softhouse.training.progress import Silence
from softhouse.training.tokenizer.special_tokens import FIM_MIDDLE, FIM_PREFIX, FIM_SUFFIX, ID_OF, MASK
from softhouse.training.tokenizer.tokenizer import Tokenizer

pytestmark = pytest.mark.torch


def numbered(tmp_path: Path, count: int) -> Tokens:
    path = tmp_path / "some.tokens"
    np.arange(count, dtype=np.uint16).tofile(path)
    return Tokens([path], np.uint16)


def test_what_is_packed_is_what_was_written(learned_vocabulary: Path, vocabulary: Tokenizer, tmp_path: Path) -> None:
    data = learned_vocabulary / "data"
    tokens = pack(data, "train", vocabulary, tmp_path / "tokens", Silence())
    texts = [json.loads(path.read_text())["text"] for path in sorted(data.glob("train-*.jsonl"))]
    found = pieces(tokens[:].tolist())
    assert [vocabulary.decode(piece[:-1]) for piece in found] == texts
    assert [piece[-1] for piece in found] == [0, 0]


def test_a_file_that_was_packed_is_not_packed_again(out: Path, vocabulary: Tokenizer, tmp_path: Path) -> None:
    first = pack(out / "data", "train", vocabulary, tmp_path / "tokens", Silence())[:]
    (out / "data" / "train-00001.jsonl").write_text("no JSON at all\n")
    assert pack(out / "data", "train", vocabulary, tmp_path / "tokens", Silence())[:].tolist() == first.tolist()


def test_a_document_cannot_end_another_one(tmp_path: Path, vocabulary: Tokenizer) -> None:
    (tmp_path / "train-00000.jsonl").write_text(json.dumps({"text": "a<|endoftext|>b<|fim_middle|>"}) + "\n")
    tokens = pack(tmp_path, "train", vocabulary, tmp_path / "tokens", Silence())[:].tolist()
    assert set(tokens[:-1]).isdisjoint(vocabulary.special_ids)


def test_no_text_at_all_is_told(tmp_path: Path, vocabulary: Tokenizer) -> None:
    with pytest.raises(UsageError, match="run first: softhouse train data"):
        pack(tmp_path, "train", vocabulary, tmp_path / "tokens", Silence())


def test_an_epoch_has_each_window_once_and_the_next_one_another_order(tmp_path: Path) -> None:
    windows = Windows(numbered(tmp_path, 103), length=10, seed=1)
    first, second = (windows.rows(epoch * windows.in_an_epoch, windows.in_an_epoch) for epoch in (0, 1))
    assert first.shape == (9, 11)
    for rows in (first, second):
        begins = sorted(rows[:, 0].tolist())
        assert begins == [begins[0] + 10 * place for place in range(9)]
        assert (np.diff(rows) == 1).all()
    assert first.tolist() != second.tolist()


def test_windows_are_a_function_of_the_seed_and_their_number(tmp_path: Path) -> None:
    tokens = numbered(tmp_path, 200)
    one, other = Windows(tokens, 7, seed=5), Windows(tokens, 7, seed=5)
    other.rows(90, 1)  # wherever one has been before
    assert one.rows(20, 30).tolist() == other.rows(20, 30).tolist()
    assert one.rows(0, 20).tolist() != Windows(tokens, 7, seed=6).rows(0, 20).tolist()


def test_a_text_that_fills_no_window_is_refused(tmp_path: Path) -> None:
    tokens = numbered(tmp_path, 10)
    assert InOrder(tokens, 9).rows(0, 1).tolist() == [list(range(10))]
    for kind in (lambda: Windows(tokens, 10, seed=0), lambda: InOrder(tokens, 10)):
        with pytest.raises(UsageError, match="10 tokens, fewer than the"):
            kind()


def test_the_next_token_is_to_be_predicted(tmp_path: Path) -> None:
    batch = NextToken().batch(Windows(numbered(tmp_path, 50), 8, seed=0).rows(0, 3), seed=0)
    assert (batch.targets == batch.ids + 1).all()
    assert batch.count == 24


def test_a_gap_holds_what_stood_there(vocabulary: Tokenizer) -> None:
    text = "def area(width, height):\n    # 面积\n    return width * height\n" * 3
    window = np.asarray([[*vocabulary.encode(text), 0, 50, 51, 0]])
    batch = NextToken(vocabulary, gap_share=1.0).batch(window, seed=3)
    ids = [*batch.ids[0].tolist(), int(batch.targets[0, -1])]
    assert len(ids) == window.shape[1]
    assert ids[0] == ID_OF[FIM_PREFIX]
    suffix, middle = ids.index(ID_OF[FIM_SUFFIX]), ids.index(ID_OF[FIM_MIDDLE])
    end = ids.index(0, middle) if 0 in ids[middle:] else len(ids)
    put_back = ids[1:suffix], ids[middle + 1 : end], ids[suffix + 1 : middle]
    # a window is as long as before, so the end of the middle may have been cut off
    before, gap, after = (vocabulary.decode_bytes(part) for part in put_back)
    assert (before + gap).startswith(text.encode()[: len(before + gap)])
    assert text.encode().endswith(after)


def test_a_window_without_gaps_is_left_alone(vocabulary: Tokenizer) -> None:
    window = np.asarray([vocabulary.encode("x = 1\n" * 40)])
    assert NextToken(vocabulary, gap_share=0.001).batch(window, seed=1).ids.tolist() == window[:, :-1].tolist()


def test_hidden_tokens_are_asked_for_and_no_others(tmp_path: Path) -> None:
    rows = Windows(numbered(tmp_path, 5000), 500, seed=0).rows(0, 4)
    batch = HiddenTokens(vocabulary=5000, share=0.3).batch(rows, seed=1)
    plain = rows[:, :-1]
    asked = (batch.targets != IGNORED).numpy()
    assert 0.25 < asked.mean() < 0.35
    assert (batch.targets.numpy()[asked] == plain[asked]).all()
    assert (batch.ids.numpy()[~asked] == plain[~asked]).all()
    assert 0.7 < (batch.ids.numpy()[asked] == ID_OF[MASK]).mean() < 0.9


def test_corrupted_spans_make_rows_of_one_length(tmp_path: Path) -> None:
    rows = Windows(numbered(tmp_path, 900), 64, seed=0).rows(0, 5) + 40
    batch = CorruptedSpans(share=0.15).batch(rows, seed=2)
    assert batch.ids.shape[0] == batch.targets.shape[0] == 5
    for read, written, plain in zip(batch.ids.tolist(), batch.targets.tolist(), rows[:, :-1].tolist(), strict=True):
        assert sorted([one for one in (*read, *written) if one >= 40]) == sorted(plain)


@pytest.mark.parametrize("objective", [HiddenTokens(900, 0.3), CorruptedSpans(0.15)])
def test_the_same_seed_makes_the_same_task(objective: HiddenTokens | CorruptedSpans, tmp_path: Path) -> None:
    rows = Windows(numbered(tmp_path, 900), 64, seed=0).rows(0, 2)
    one, same, other = (objective.batch(rows, seed) for seed in (1, 1, 2))
    assert one.ids.tolist() == same.ids.tolist() != other.ids.tolist()
