"""The four steps of alignment on a model that is trained within seconds."""

import json
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from softhouse.errors import UsageError
from softhouse.llm_backends.protocol import ChatMessage
from softhouse.llm_backends.transformers import HfConversation
from softhouse.training.alignment import dpo, reward, rlhf, sft
from softhouse.training.alignment.dpo import fitting_pairs
from softhouse.training.alignment.episodes import Scorer, read_episodes
from softhouse.training.alignment.models import load_tokenizer, model_folder
from softhouse.training.alignment.rlhf import model_scores
from softhouse.training.alignment.rows import (
    Conversation,
    ExecutableTask,
    Preference,
    read_lines,
    token_examples,
    write_lines,
)
from softhouse.training.alignment.trainer import newest_checkpoint
from softhouse.training.tuning.data import Row
from tests.training.alignment_parts import (
    DOUBLE,
    KilledError,
    context_in,
    doubling,
    likeliest_answer,
    table,
    tiny_model,
    weights,
)

pytestmark = [
    pytest.mark.torch,
]
FULL = {"method": "full", "batch": 4, "at_once": 4, "learning_rate": 5e-3, "max_length": 128}


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_model(tmp_path_factory.mktemp("tiny") / "model")


@pytest.fixture(scope="module")
def conversations(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pairs = [("double it", DOUBLE), ("Say hi", "hello"), ("double it", DOUBLE), ("Say hi", "hello")]
    rows = [Conversation(messages=(ChatMessage.user(q), ChatMessage.assistant(a))) for q, a in pairs]
    return write_lines(tmp_path_factory.mktemp("data") / "sft.jsonl", rows)


@pytest.fixture(scope="module")
def preferences(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rows = [
        Preference(prompt=(ChatMessage.user(question),), chosen="hello", rejected="go away")
        for question in ("Say hi", "Say hi!", "Say hi?", "Say hi.") * 2
    ]
    return write_lines(tmp_path_factory.mktemp("data") / "preferences.jsonl", rows)


@pytest.fixture(scope="module")
def taught(tmp_path_factory: pytest.TempPathFactory, model: Path, conversations: Path) -> Path:
    """OUT of an `sft` that knows its two answers by heart."""
    out = tmp_path_factory.mktemp("taught")
    keys = {**FULL, "model": str(model), "data": [str(conversations)], "steps": 80, "validation_share": 0}
    sft.run(context_in(out, "sft"), table("sft", keys))
    return out


# ── what is read ─────────────────────────────────────────────────────────────────────────────────


def test_the_loss_counts_the_answer_and_its_end_alone_and_the_prompt_is_what_the_engine_reads(model: Path) -> None:
    messages = (ChatMessage.system("Be brief"), ChatMessage.user("Say hi"), ChatMessage.assistant("hello"))
    tokenizer = load_tokenizer(model)
    (example,) = token_examples(Row(messages, (2,)), tokenizer)
    learned = [token for token in example.labels if token != -100]
    assert tokenizer.decode(learned) == "hello<|im_end|>"
    prompt = example.input_ids[: -len(learned)]
    assert prompt == HfConversation(model).prompt_ids(messages[:2])


def test_each_answer_of_a_conversation_is_an_example_of_its_own(model: Path) -> None:
    turns = [ChatMessage.user("a"), ChatMessage.assistant("b"), ChatMessage.user("c"), ChatMessage.assistant("d")]
    examples = list(token_examples(Row(tuple(turns), (1, 3)), load_tokenizer(model)))
    learned = [[token for token in example.labels if token != -100] for example in examples]
    assert [load_tokenizer(model).decode(ids) for ids in learned] == ["b<|im_end|>", "d<|im_end|>"]


def test_a_wrong_line_is_named_by_its_number(tmp_path: Path) -> None:
    path = tmp_path / "preferences.jsonl"
    path.write_text('{"prompt": "2+2?", "chosen": "4", "rejected": "5"}\n{"prompt": "2+2?", "chosen": "4"}\n')
    with pytest.raises(UsageError, match=r"preferences.jsonl line 2: rejected: Field required"):
        read_lines(path, Preference)


@pytest.mark.parametrize("other", ["4\n", "4", "4  \n\n", None])
def test_a_task_that_one_printed_text_would_pass_is_refused(tmp_path: Path, other: str | None) -> None:
    path = tmp_path / "tasks.jsonl"
    cases = [{"name": "", "steps": [{"stdout": text, "exit_code": 0}]} for text in ("4\n", other)]
    path.write_text(json.dumps({"prompt": "double it", "cases": cases}))
    with pytest.raises(UsageError, match="at least two cases with different output"):
        read_lines(path, ExecutableTask)
    cases[1]["steps"] = [{"stdout": "", "exit_code": 1}]
    path.write_text(json.dumps({"prompt": "double it", "cases": cases}))
    assert read_lines(path, ExecutableTask)


def test_a_model_that_is_none_is_told_with_what_could_be(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"model = 'no/where' is neither a step \(pretrain, sft, dpo, reward, rlhf\)"):
        model_folder(context_in(tmp_path, "sft"), "no/where")


# ── sft ──────────────────────────────────────────────────────────────────────────────────────────


def test_sft_learns_its_answers_by_heart(taught: Path) -> None:
    assert likeliest_answer(taught / "sft" / "model", "Say hi") == "hello"
    assert likeliest_answer(taught / "sft" / "model", "double it") == DOUBLE


def test_lora_is_merged_into_a_folder_that_stands_alone(tmp_path: Path, taught: Path) -> None:
    rows = [Conversation(messages=(ChatMessage.user("double it"), ChatMessage.assistant("hello")))] * 4
    keys = FULL | {"method": "lora", "model": str(taught / "sft" / "model"), "learning_rate": 2e-2, "steps": 20}
    keys |= {"data": [str(write_lines(tmp_path / "sft.jsonl", rows))], "validation_share": 0.25}
    result = sft.run(context_in(tmp_path, "sft"), table("sft", keys))
    folder = tmp_path / "sft" / "model"
    assert not (folder / "adapter_config.json").exists()
    assert likeliest_answer(folder, "double it") == "hello"
    assert "loss on rows not learned from" in result.numbers


def test_an_sft_that_is_killed_and_repeated_ends_with_the_same_bytes(
    tmp_path: Path, model: Path, conversations: Path
) -> None:
    keys = {**FULL, "model": str(model), "data": [str(conversations)], "steps": 6, "checkpoint_every": 2}
    keys["validation_share"] = 0
    whole = sft.run(context_in(tmp_path / "whole", "sft"), table("sft", keys))
    with pytest.raises(KilledError):
        sft.run(context_in(tmp_path / "parts", "sft", killed_at=5), table("sft", keys))
    rest = sft.run(context_in(tmp_path / "parts", "sft"), table("sft", keys))
    assert rest.numbers == whole.numbers
    assert weights(tmp_path / "parts" / "sft" / "model") == weights(tmp_path / "whole" / "sft" / "model")
    assert rest.sections == whole.sections


def test_a_state_that_was_cut_or_belongs_to_other_data_is_not_gone_on_with(tmp_path: Path) -> None:
    data, place = tmp_path / "data.jsonl", tmp_path / "checkpoints"
    data.write_text("a")
    assert newest_checkpoint(place, [data]) is None
    for step, state in ((9, '{"global_step": 9}'), (10, '{"global_')):
        (place / f"checkpoint-{step}").mkdir()
        (place / f"checkpoint-{step}" / "trainer_state.json").write_text(state)
    assert newest_checkpoint(place, [data]) == place / "checkpoint-9"
    data.write_text("b")
    assert newest_checkpoint(place, [data]) is None
    assert not list(place.glob("checkpoint-*"))


# ── dpo and reward ───────────────────────────────────────────────────────────────────────────────


def test_dpo_makes_the_chosen_answer_likelier_than_the_rejected_one(
    tmp_path: Path, taught: Path, preferences: Path
) -> None:
    keys = {**FULL, "model": str(taught / "sft" / "model"), "data": [str(preferences)], "steps": 6}
    result = dpo.run(context_in(tmp_path, "dpo"), table("dpo", keys | {"learning_rate": 1e-3}))
    assert result.numbers["pairs ordered rightly at the end"] == 1.0
    assert float(result.numbers["margin at the end"]) > 0


@pytest.mark.parametrize("step", [dpo, reward])
def test_pairs_that_the_model_cannot_read_are_left_out(tmp_path: Path, model: Path, step: Any) -> None:
    name = step.__name__.rpartition(".")[2]
    long = Preference(prompt=(ChatMessage.user("Say hi"),), chosen="hello " * 128, rejected="go away")
    data = write_lines(tmp_path / "preferences.jsonl", [long])
    with pytest.raises(UsageError, match="every pair is longer than 128 tokens"):
        step.run(context_in(tmp_path, name), table(name, {"model": str(model), "data": [str(data)]}))


def test_a_pair_is_as_long_as_what_is_read_of_it(model: Path) -> None:
    """The chat template has written the special tokens: a tokenizer that would add some of its own adds none."""
    from tokenizers.processors import TemplateProcessing

    tokenizer = load_tokenizer(model)
    tokenizer.backend_tokenizer.post_processor = TemplateProcessing(
        single="<|endoftext|> $A", special_tokens=[("<|endoftext|>", 0)]
    )
    pair = Preference(prompt=(ChatMessage.user("Say hi"),), chosen="hello", rejected="go")
    turns = [{"role": "user", "content": "Say hi"}, {"role": "assistant", "content": "hello"}]
    longest = len(tokenizer.apply_chat_template(turns, return_dict=True)["input_ids"])
    assert fitting_pairs([pair], tokenizer, longest)
    with pytest.raises(UsageError, match="every pair is longer"):
        fitting_pairs([pair], tokenizer, longest - 1)


def test_a_reward_model_orders_pairs_that_it_has_not_seen(tmp_path: Path, taught: Path, preferences: Path) -> None:
    keys = {**FULL, "model": str(taught / "sft" / "model"), "data": [str(preferences)], "steps": 12}
    result = reward.run(context_in(tmp_path, "reward"), table("reward", keys))
    assert result.numbers["held-out pairs ordered rightly"] == 1.0
    scores = model_scores(tmp_path / "reward" / "model")
    turns: list[dict[str, str]] = [{"role": "user", "content": "Say hi"}]
    good, bad = scores([[*turns, {"role": "assistant", "content": text}] for text in ("hello", "go away")])
    assert good > bad


# ── rlhf ─────────────────────────────────────────────────────────────────────────────────────────


def rlhf_keys(taught: Path, data: Path, **more: Any) -> dict[str, Any]:
    return {
        "model": str(taught / "sft" / "model"), "data": [str(data)], "method": "full", "learning_rate": 1e-3,
        "steps": 3, "batch": 8, "answers": 4, "at_once": 8, "longest_answer": 48, "checkpoint_every": 1, **more,
    }  # fmt: skip


def test_rlhf_pays_what_runs_and_goes_on_where_it_was_killed(tmp_path: Path, taught: Path) -> None:
    data = write_lines(tmp_path / "tasks.jsonl", [doubling(2, 3, 4)])
    keys = rlhf_keys(taught, data, temperature=1.5)
    whole = rlhf.run(context_in(tmp_path / "whole", "rlhf"), table("rlhf", keys))
    with pytest.raises(KilledError):
        rlhf.run(context_in(tmp_path / "parts", "rlhf", killed_at=2), table("rlhf", keys))
    rest = rlhf.run(context_in(tmp_path / "parts", "rlhf"), table("rlhf", keys))
    assert rest.numbers == whole.numbers
    assert read_episodes(tmp_path / "parts" / "rlhf" / rlhf.EPISODES) == read_episodes(
        tmp_path / "whole" / "rlhf" / rlhf.EPISODES
    )
    assert weights(tmp_path / "parts" / "rlhf" / "model") == weights(tmp_path / "whole" / "rlhf" / "model")
    for episode in read_episodes(tmp_path / "whole" / "rlhf" / rlhf.EPISODES):
        assert episode.verdict is not None
        assert (episode.reward == 1) == (episode.verdict.paid == 1)
        assert not (episode.cut and episode.reward)


def test_rlhf_with_a_reward_model_follows_its_scores(tmp_path: Path, taught: Path, preferences: Path) -> None:
    scorer = {**FULL, "model": str(taught / "sft" / "model"), "data": [str(preferences)], "steps": 4}
    reward.run(context_in(tmp_path, "reward"), table("reward", scorer))
    (tmp_path / "reward" / "manifest.json").write_text("{}")
    data = write_lines(tmp_path / "tasks.jsonl", [doubling(2, 3)])
    keys = rlhf_keys(taught, data, execution=0, reward_model="reward", algorithm="rloo", steps=1)
    result = rlhf.run(context_in(tmp_path, "rlhf"), table("rlhf", keys))
    assert result.numbers["answers"] == 8
    assert all(e.verdict is None and e.reward == e.score for e in read_episodes(tmp_path / "rlhf" / rlhf.EPISODES))


def test_an_answer_that_was_cut_is_paid_no_more_than_the_worst_whole_one(tmp_path: Path) -> None:
    asked: list[str] = []

    def by_length(conversations: Sequence[list[dict[str, str]]]) -> list[float]:
        asked.extend(turns[-1]["content"] for turns in conversations)
        return [len(turns[-1]["content"]) - 4.0 for turns in conversations]

    scorer = Scorer(
        tmp_path / "episodes.jsonl", [], end_id=3, executor=None, execution_weight=0, model_scores=by_length,
        model_weight=2.0,
    )  # fmt: skip

    def paid(*answers: tuple[str, int]) -> list[float]:
        turns = [[{"role": "assistant", "content": text}] for text, _ in answers]
        prompts = [[{"role": "user", "content": "Say hi"}]] * len(answers)
        state = SimpleNamespace(global_step=0)
        return scorer.score(prompts, turns, [[7, last] for _, last in answers], [0] * len(answers), state)

    assert paid(("hello", 3), ("hello, hello, hel", 7), ("hi", 3)) == [2.0, -4.0, -4.0]
    assert paid(("hello", 3), ("hello, hello, hel", 7)) == [2.0, 0.0]
    assert paid(("hello, hello, hel", 7)) == [0.0]
    assert asked == ["hello", "hi", "hello"]


def test_a_model_that_writes_nothing_is_not_tuned_and_one_without_scores_is_no_reward_model(
    tmp_path: Path, taught: Path, preferences: Path, conversations: Path
) -> None:
    scorer = {**FULL, "model": str(taught / "sft" / "model"), "data": [str(preferences)], "steps": 1}
    reward.run(context_in(tmp_path, "reward"), table("reward", scorer))
    folder = tmp_path / "reward" / "model"
    with pytest.raises(UsageError, match="is a reward model, which writes nothing"):
        sft.run(context_in(tmp_path, "sft"), table("sft", {"model": str(folder), "data": [str(conversations)]}))
    data = write_lines(tmp_path / "tasks.jsonl", [doubling(2, 3)])
    keys = rlhf_keys(taught, data, reward_model=str(taught / "sft" / "model"))
    with pytest.raises(UsageError, match="is no reward model; train one: softhouse train reward"):
        rlhf.run(context_in(tmp_path, "rlhf"), table("rlhf", keys))


def test_a_prompt_that_leaves_no_room_for_an_answer_is_told(tmp_path: Path, taught: Path) -> None:
    data = write_lines(tmp_path / "tasks.jsonl", [doubling(2, 3)])
    with pytest.raises(UsageError, match="no prompt has at most 8 tokens, which longest_answer leaves"):
        rlhf.run(context_in(tmp_path, "rlhf"), table("rlhf", rlhf_keys(taught, data, longest_answer=120)))


def test_rlhf_without_any_score_is_refused() -> None:
    with pytest.raises(UsageError, match="nothing would score the answers"):
        table("rlhf", {"execution": 0}).section("rlhf", rlhf.Configuration)
    with pytest.raises(UsageError, match="batch must be a multiple of answers"):
        table("rlhf", {"batch": 10, "answers": 4, "at_once": 5}).section("rlhf", rlhf.Configuration)
