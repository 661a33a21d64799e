"""Every answer of a reinforcement learning run with what it was paid: the scores, and the record that people read."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from softhouse.llm_backends.protocol import Frozen
from softhouse.training.alignment.execution import Executor, Verdict
from softhouse.training.alignment.rows import ExecutableTask
from softhouse.training.lines import finished_lines
from softhouse.training.step import Cell, Table

ModelScores = Callable[[Sequence[list[dict[str, str]]]], list[float]]
"""A reward model: conversations that end with an answer → scores."""


class Episode(Frozen):
    """One answer. A line of `episodes.jsonl`."""

    update: int
    """The update of the weights that learned from it, from 1."""
    task: int
    """Line of the data, from 0."""
    answer: str
    reward: float
    """All scores together, weighted."""
    cut: bool
    """It was stopped at the length cap."""
    verdict: Verdict | None = None
    """What the sandbox says."""
    score: float | None = None
    """What the reward model says; of an answer that was cut, the worst that it says of a whole one beside it."""


def read_episodes(path: Path) -> list[Episode]:
    """Everything that was recorded in `path`."""
    return finished_lines(path, Episode)


@dataclass
class Scorer:
    """Pays answers and keeps a record of all of them in `path`; trl calls `score`."""

    path: Path
    tasks: Sequence[ExecutableTask]
    end_id: int
    """The token that ends an answer."""
    executor: Executor | None
    execution_weight: float
    model_scores: ModelScores | None
    model_weight: float
    _began: bool = False

    def score(
        self,
        prompts: list[Any],
        completions: list[list[dict[str, str]]],
        completion_ids: list[list[int]],
        task: list[int],
        trainer_state: Any,
        **_: Any,
    ) -> list[float]:
        """One number an answer."""
        if not self._began:
            self._forget_after(trainer_state.global_step)
            self._began = True
        answers = [turns[0]["content"] for turns in completions]
        cut = [not ids or ids[-1] != self.end_id for ids in completion_ids]
        verdicts = self._verdicts(answers, cut, task)
        scores = self._scores([[*p, *turns] for p, turns in zip(prompts, completions, strict=True)], cut)
        episodes = [
            Episode(
                update=trainer_state.global_step + 1,
                task=number,
                answer=answer,
                reward=self._total(verdict, score),
                cut=stopped,
                verdict=verdict,
                score=score,
            )
            for number, answer, stopped, verdict, score in zip(task, answers, cut, verdicts, scores, strict=True)
        ]
        with self.path.open("a", encoding="utf-8") as file:
            file.writelines(episode.model_dump_json() + "\n" for episode in episodes)
        return [episode.reward for episode in episodes]

    def _forget_after(self, update: int) -> None:
        """Drop what an earlier, killed attempt recorded for updates that are made again."""
        kept = [episode for episode in read_episodes(self.path) if episode.update <= update]
        self.path.write_text("".join(episode.model_dump_json() + "\n" for episode in kept), encoding="utf-8")

    def _verdicts(self, answers: list[str], cut: list[bool], task: list[int]) -> list[Verdict | None]:
        if self.executor is None:
            return [None] * len(answers)
        whole = [place for place, stopped in enumerate(cut) if not stopped]
        judged = self.executor.judge([(answers[place], self.tasks[task[place]]) for place in whole])
        found: list[Verdict | None] = [Verdict(reward=0.0, note="it was cut at the length cap")] * len(answers)
        for place, verdict in zip(whole, judged, strict=True):
            found[place] = verdict
        return found

    def _scores(self, conversations: list[list[dict[str, str]]], cut: list[bool]) -> Sequence[float | None]:
        """A reward model is asked of whole answers only: the template would end a cut one as if it were whole.

        What counts is how answers compare, and scores may be negative, so 0 could be a prize.
        """
        if self.model_scores is None:
            return [None] * len(conversations)
        whole = [turns for turns, stopped in zip(conversations, cut, strict=True) if not stopped]
        found = self.model_scores(whole) if whole else []
        given, worst = iter(found), min([0.0, *found])
        return [worst if stopped else next(given) for stopped in cut]

    def _total(self, verdict: Verdict | None, score: float | None) -> float:
        paid = self.execution_weight * verdict.reward if verdict is not None else 0.0
        return paid + (self.model_weight * score if score is not None else 0.0)


def mean_by_update(episodes: Sequence[Episode], value: Callable[[Episode], float | None]) -> list[dict[str, float]]:
    """The mean over each update's answers of what `value` gives, without its Nones."""
    found: dict[int, list[float]] = {}
    for episode in episodes:
        if (given := value(episode)) is not None:
            found.setdefault(episode.update, []).append(given)
    return [{"step": update, "value": sum(values) / len(values)} for update, values in sorted(found.items())]


def to_read(episodes: Sequence[Episode], count: int = 12) -> Table:
    """Answers for a person: a few of the first update, the most frequent of the last tenth, and all that look odd.

    Odd is a well-paid program that says something suspicious, or that fails the cases that are never paid for.
    """
    last = max((episode.update for episode in episodes), default=0)
    late = [episode for episode in episodes if episode.update > last * 0.9]
    odd = [e for e in late if e.verdict and e.verdict.paid and (e.verdict.suspicious or e.verdict.held == 0)]
    times: dict[str, int] = {}
    for episode in late:
        times[episode.answer] = times.get(episode.answer, 0) + 1
    frequent = sorted({e.answer: e for e in late}.values(), key=lambda e: (-times[e.answer], e.answer))
    first = [episode for episode in episodes if episode.update == 1]
    chosen = [*first[: count // 4], *frequent[: count // 2], *{e.answer: e for e in odd}.values()][: 2 * count]
    return Table(
        title="Answers to read",
        columns=("update", "task", "reward", "paid cases", "unpaid cases", "remark", "answer"),
        rows=tuple(_row(episode, episode.verdict or Verdict(reward=0.0)) for episode in chosen),
    )


def _row(episode: Episode, verdict: Verdict) -> tuple[Cell, ...]:
    remark = "; ".join([*verdict.suspicious, *([verdict.note] if verdict.note else [])])
    return (
        episode.update, episode.task, episode.reward, verdict.paid, verdict.held, remark, episode.answer[:600]
    )  # fmt: skip
