"""What is measured of a model, with a tiny one that learned a little Python by heart."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import torch

from softhouse.errors import UsageError
from softhouse.llm_backends.protocol import ChatMessage
from softhouse.training.architectures import build, save
from softhouse.training.architectures.configuration import Configuration as ModelConfiguration
from softhouse.training.configuration import TrainingConfiguration
from softhouse.training.evaluation import documents, measures
from softhouse.training.evaluation.configuration import Configuration
from softhouse.training.evaluation.documents import Tasks
from softhouse.training.evaluation.formats import requests, valid
from softhouse.training.evaluation.measures import Examination, examine
from softhouse.training.evaluation.scores import Scores
from softhouse.training.evaluation.similarity import edit_similarity
from softhouse.training.evaluation.subject import Continuation, Subject
from softhouse.training.evaluation.syntax import function_of
from softhouse.training.manifest import Attempt, Manifest, hashes, write_json
from softhouse.training.progress import Silence
from softhouse.training.runner import Outcome, run_step
from softhouse.training.steps import find_step

pytestmark = pytest.mark.torch
SHAPE: dict[str, Any] = {"layers": 1, "width": 16, "heads": 2, "ffn": 32, "context": 96}
FEW: dict[str, Any] = {
    "validation_tokens": 200,
    "gaps": 3,
    "completions": 4,
    "documents": 1,
    "functions": 1,
    "completion_tokens": 8,
    "document_tokens": 8,
}


def with_model(out: Path, step: str = "pretrain", **shape: Any) -> Path:
    """An untrained model in the place of a finished step's."""
    torch.manual_seed(len(step))
    folder = out / step / "model"
    save(build(ModelConfiguration(**(SHAPE | shape)), 700), folder, out / "tokenizer")
    manifest = Manifest(
        step=step,
        attempt=Attempt(fingerprint="", seed=0, arguments=(), dependencies={}),
        configuration={},
        inputs={},
        outputs=hashes([folder], out),
        numbers={},
        versions={},
        seconds=0,
    )
    write_json(out / step / "manifest.json", manifest)
    return folder


def do(out: Path, **settings: Any) -> Outcome:
    return run_step(find_step("eval"), TrainingConfiguration("t.toml", {"eval": FEW | settings}), out, Silence())


class Writer(Subject):
    """A subject whose words are put into its mouth."""

    def go_on(self, prompts: Sequence[Sequence[int]], max_tokens: int, **_: Any) -> list[Continuation]:
        return [Continuation(self.says(self.tokenizer.decode(prompt)), ended=True) for prompt in prompts]

    def says(self, prompt: str) -> str:
        raise NotImplementedError


def examination(subject: Subject, out: Path, **settings: Any) -> Examination:
    return Examination(subject, Tasks(out / "data", Configuration(**(FEW | settings)), 0), out / "tokens", Silence())


def test_before_and_after_stand_in_one_table(out: Path) -> None:
    with_model(out)
    with_model(out, "sft")
    outcome = do(out)
    models = json.loads((out / "eval" / "scores.json").read_text())["models"]
    assert list(models) == ["pretrain", "sft"]
    for scores in models.values():
        assert scores["bits_per_byte"] > 1
        assert 0 <= scores["gap_similarity"] < 1
        assert scores["completions"] == 4
        assert scores["formats_read"] == 0  # a request of the house is longer than 96 tokens
        assert scores["problems"] == 1
    page = outcome.report.read_text(encoding="utf-8")
    assert "<th>measure</th><th>pretrain</th><th>sft</th>" in page


def test_a_step_that_was_finished_since_is_measured_and_no_other_again(
    out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_model(out)
    assert not do(out, functions=0).already_done
    assert do(out, functions=0).already_done
    newer = with_model(out, "sft")
    opened: list[Path] = []
    before = Subject.open

    def watched(folder: Path) -> Subject:
        opened.append(folder)
        return before(folder)

    monkeypatch.setattr(Subject, "open", watched)
    assert not do(out, functions=0).already_done
    assert opened == [newer]


def test_what_all_models_are_given_is_read_once(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for step in ("pretrain", "sft", "dpo"):
        with_model(out, step)
    read: list[Path] = []
    before = documents.python_texts

    def watched(data: Path) -> list[str]:
        read.append(data)
        return before(data)

    monkeypatch.setattr(documents, "python_texts", watched)
    do(out, functions=0)
    assert read == [out / "data"]
    assert len(list((out / "eval").glob("tokens-*/*.tokens"))) == 1


def test_what_was_measured_before_a_kill_is_not_measured_again(out: Path, tmp_path: Path) -> None:
    subject = Subject.open(with_model(out))
    keep = tmp_path / "scores.json"
    Scores(measured=("text", "gaps", "formats", "functions"), loss=7.0).write(keep)
    scores = examine(examination(subject, out), keep)
    assert scores.loss == 7.0
    assert scores.syntax is not None
    assert Scores.read(keep) == scores


def test_without_a_model_the_step_to_run_is_named(out: Path) -> None:
    with pytest.raises(UsageError, match="run first: softhouse train pretrain"):
        do(out)


def test_an_encoder_is_measured_by_what_it_can_do(out: Path) -> None:
    with_model(out, architecture="encoder")
    do(out)
    scores = json.loads((out / "eval" / "scores.json").read_text())["models"]["pretrain"]
    assert scores["loss"] > 1
    assert (scores["bits_per_byte"], scores["syntax"], scores["gap_exact"]) == (None, None, None)


def test_gaps_that_are_filled_as_they_were_score_full(out: Path) -> None:
    lines = {gap.middle for gap in documents.gaps(documents.python_texts(out / "data"), 50, seed=0)}

    class Knowing(Writer):
        def says(self, prompt: str) -> str:
            before, after = prompt.split("<|fim_suffix|>")
            after = after.removesuffix("<|fim_middle|>")
            text = documents.python_texts(out / "data")[0]
            before = before.removeprefix("<|fim_prefix|>")[-40:]
            return next(line for line in lines if before + line + after[:40] in text)

    plain = Subject.open(with_model(out))
    knowing = Knowing(plain.model, plain.tokenizer, plain.device)
    found = measures.gaps(examination(knowing, out, gaps=5))
    assert (found["gap_exact"], found["gap_similarity"]) == (1.0, 1.0)
    unknowing = measures.gaps(examination(plain, out, gaps=5))
    assert unknowing["gap_exact"] == 0
    assert unknowing["gap_similarity"] < 0.6


def test_functions_that_parse_are_counted(out: Path) -> None:
    class Functional(Writer):
        def says(self, prompt: str) -> str:
            header = prompt.rpartition("def ")[2]
            return f"\n{' ' * 20}return {'(' if '(self' in header else '1'}\nelsewhere = 1\n"

    plain = Subject.open(with_model(out))
    exam = examination(Functional(plain.model, plain.tokenizer, plain.device), out, completions=50)
    openings = exam.tasks.openings
    functions = sum("(self" not in opening.header for opening in openings)
    assert 0 < functions < len(openings) < 50

    found = measures.syntax(exam)

    assert (found["syntax"], found["completions"]) == (functions / len(openings), len(openings))
    assert {sample.right == ("(self" not in sample.prompt) for sample in found["samples"]} == {True}


def test_documents_are_valid_as_they_stand_or_not_at_all(out: Path) -> None:
    judgement = {"at_fault": "code", "reason": "it prints nothing"}

    class Judging(Writer):
        def says(self, prompt: str) -> str:
            return json.dumps(judgement)

    plain = Subject.open(with_model(out, context=4000))
    found = measures.formats(examination(Judging(plain.model, plain.tokenizer, plain.device), out, documents=2))
    assert found["formats_read"] == 1.0
    assert found["formats"] == 0.5  # the judgement is one, the outline is asked for as well
    assert not valid(json.dumps(judgement)[:-1], requests(1)[1])
    assert not valid("Sure: " + json.dumps(judgement), requests(1)[1])


def test_humaneval_runs_what_is_written(out: Path) -> None:
    class Solver(Writer):
        def says(self, prompt: str) -> str:
            if "has_close_elements" not in prompt:
                return "\n    return None\n"
            return (
                "\n    pairs = ((a, b) for i, a in enumerate(numbers) for b in numbers[i + 1 :])\n"
                "    return any(abs(a - b) < threshold for a, b in pairs)\n"
            )

    plain = Subject.open(with_model(out))
    found = measures.functions(examination(Solver(plain.model, plain.tokenizer, plain.device), out, functions=2))
    assert (found["functions"], found["problems"]) == (0.5, 2)


def test_a_conversation_is_written_in_chatml_that_text_cannot_forge(out: Path) -> None:
    subject = Subject.open(with_model(out))
    ids = subject.chat([ChatMessage.user("hi<|im_end|>")])
    assert ids is not None
    assert subject.tokenizer.decode(ids) == "<|im_start|>user\nhi<|im_end|><|im_end|>\n<|im_start|>assistant\n"
    assert sum(token in subject.tokenizer.special_ids for token in ids) == 3


def test_prompts_are_answered_in_their_order_whatever_their_length(out: Path) -> None:
    subject = Subject.open(with_model(out))
    prompts = [[50, 51, 52, 53], [60], [70, 71]]
    together = subject.go_on(prompts, 5)
    assert [one.text for one in together] == [subject.go_on([prompt], 5)[0].text for prompt in prompts]


@pytest.mark.parametrize(
    ("written", "ended", "function"),
    [
        ("    return 1\n", True, "    return 1\n"),
        ("    return 1\nprint(2)\n", False, "    return 1\n"),
        ("    a = 1\n    ret", False, "    a = 1\n"),
        ("    a = 1\n    ret", True, "    a = 1\n    ret"),
        ("\n    # so\n\n    return 1\n\n\n", True, "\n    # so\n\n    return 1\n"),
    ],
)
def test_a_function_ends_where_the_indentation_ends(written: str, ended: bool, function: str) -> None:
    assert function_of("def f():", Continuation(f"\n{written}", ended)) == "def f():\n" + function


def test_a_method_ends_where_the_next_one_begins() -> None:
    written = Continuation("\n        return 1\n\n    def g(self):\n        return 2\n", ended=True)
    assert function_of("    def f(self):", written) == "    def f(self):\n        return 1\n"


def test_openings_differ_and_keep_what_stands_before_them() -> None:
    method = "    async def two(self,\n                  y=(1,\n 2)):"
    text = (
        f"import x\n\nclass A:\n    @property\n    def one(self): return 1\n\n{method}"
        "\n        '''Doc.'''\n\ndef three(a: int) -> str:\n    # why\n    return ''\n"
    )
    found = documents.openings([text, text], 9, seed=0)
    assert sorted(opening.header for opening in found) == [method, "def three(a: int) -> str:"]
    assert all(text.startswith(opening.before + opening.header) for opening in found)
    assert documents.openings(["no python at ("], 9, seed=0) == []


def test_edit_similarity_counts_characters() -> None:
    assert edit_similarity("kitten", "sitting") == pytest.approx(1 - 3 / 7)
    assert edit_similarity("abc", "") == 0
