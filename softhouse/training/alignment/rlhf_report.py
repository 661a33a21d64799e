"""What a run of reinforcement learning has to show: whether the reward rose, and whether it rose honestly."""

from collections.abc import Sequence

from softhouse.training.alignment.episodes import Episode, mean_by_update, to_read
from softhouse.training.alignment.trainer import curve, curves
from softhouse.training.step import Section


def summary(history: Sequence[dict[str, float]], episodes: Sequence[Episode]) -> dict[str, float | int | str]:
    """What was paid in the first and in the last tenth of the updates, and what speaks for or against hacking."""
    tenth = max(1, len(history) // 10)
    last = history[-1]["step"]
    early, late = ([e for e in episodes if low < e.update <= high] for low, high in ((0, tenth), (last - tenth, last)))
    numbers: dict[str, float | int | str] = {
        "updates": int(last),
        "answers": len(episodes),
        "reward in the first tenth": _mean([e.reward for e in early]),
        "reward in the last tenth": _mean([e.reward for e in late]),
    }
    if verdicts := [e.verdict for e in late if e.verdict is not None]:
        numbers["paid cases passed in the last tenth"] = _mean([v.paid for v in verdicts])
        numbers["unpaid cases passed in the last tenth"] = _mean([v.held for v in verdicts if v.held is not None])
        numbers["different suspicious programs that were paid, last tenth"] = len(
            {e.answer for e in late if e.verdict and e.verdict.suspicious and e.verdict.paid}
        )
    if "kl" in history[-1]:
        numbers["distance to the beginning (KL, nats a token)"] = round(history[-1]["kl"], 4)
    return numbers


def _mean(values: Sequence[float]) -> float:
    return round(sum(values) / len(values), 4) if values else 0.0


def section(history: Sequence[dict[str, float]], episodes: Sequence[Episode]) -> Section:
    """Curves, and answers to read."""
    shares = {
        "paid cases": mean_by_update(episodes, lambda e: e.verdict.paid if e.verdict else None),
        "cases that are never paid for": mean_by_update(episodes, lambda e: e.verdict.held if e.verdict else None),
        "answers cut at the cap": mean_by_update(episodes, lambda e: float(e.cut)),
    }
    pictures = [
        curve("Reward", history, {"reward": "mean of the update's answers"}, "reward"),
        curves("Cases passed", shares, "share"),
        curve("Distance to the model it began as", history, {"kl": "KL divergence"}, "nats a token"),
        curve("Length of answers", history, {"completions/mean_length": "mean"}, "tokens"),
    ]
    return Section(
        title="Learning from scores",
        text="The reward should rise and, where programs are run, the cases that are never paid for with it: where "
        "they stay behind, the model has found a way to the reward that is not the wanted one. Read the answers below "
        "for the same reason; those that look odd are among them.",
        parts=(*pictures, to_read(episodes)),
    )
