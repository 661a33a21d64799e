"""Reinforcement learning from scores: the model answers each prompt several times; what scored above its fellows
becomes likelier, what scored below them less likely.

GRPO (Shao et al. 2024, arXiv:2402.03300) or RLOO (Ahmadian et al. 2024, arXiv:2402.14740), both carried by trl. The
score is what the sandbox says of the program (`execution`), what a reward model says of the answer (`reward_model`), or
both. A model finds every way to a score that is not the wanted one, so: `execution.py` lists what a program can't do to
be paid, `beta` holds the model near the one that it began as, an answer that is cut at the length cap is paid no more
than the worst whole one, and the report shows answers with their rewards, for a person to read.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from softhouse.errors import UsageError
from softhouse.training.alignment.episodes import ModelScores, Scorer, read_episodes
from softhouse.training.alignment.execution import Executor
from softhouse.training.alignment.libraries import trl
from softhouse.training.alignment.models import (
    is_reward_model,
    load_model,
    load_tokenizer,
    longest_row,
    model_folder,
    save_model,
)
from softhouse.training.alignment.rlhf_report import section, summary
from softhouse.training.alignment.rows import ExecutableTask, data_files, read_lines, turn_ids
from softhouse.training.alignment.trainer import (
    Hyperparameters,
    arguments,
    lora,
    quiet,
    train,
)
from softhouse.training.configuration import TrainingConfiguration
from softhouse.training.step import StepContext, StepResult

EPISODES = "episodes.jsonl"


class Configuration(Hyperparameters):
    """The table `[rlhf]`; `data` are lines of prompt, cases."""

    learning_rate: float = Field(default=1e-5, gt=0)
    """The highest; it rises in the first twentieth of the updates and falls as a cosine to a tenth of itself."""
    batch: int = Field(default=32, ge=2)
    """Answers an update: prompts times answers a prompt."""
    at_once: int = Field(default=8, ge=1)
    """Answers whose gradient is computed at once."""
    algorithm: Literal["grpo", "rloo"] = "grpo"
    """`grpo` compares an answer with the mean of all answers to its prompt, `rloo` with the mean of the others."""
    answers: int = Field(default=8, ge=2)
    """Answers a prompt; where all of them score the same, there is nothing to learn from it."""
    longest_answer: int = Field(default=256, ge=4)
    """Tokens; an answer that is cut there is paid no more than the worst whole one."""
    temperature: float = Field(default=1.0, gt=0)
    """Of the sampling: lower explores less."""
    beta: float = Field(default=0.02, ge=0)
    """The leash: weight of the distance (KL divergence) to the model that it began as."""
    execution: float = Field(default=1.0, ge=0)
    """Weight of what the sandbox says; 0 leaves it out."""
    reward_model: str | None = None
    """A step's name (`reward`) or the folder of a reward model; without one, execution alone counts."""
    reward_model_weight: float = Field(default=1.0, gt=0)
    """Weight of what the reward model says."""
    compile_reward: float = Field(default=0.1, ge=0, lt=1)
    """Share of the execution's score that a program gets for compiling."""
    held_cases: int = Field(default=1, ge=0)
    """So many of each task's cases are run and never paid for: where they stay behind, the cases are being learned."""

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if not self.execution and self.reward_model is None:
            raise ValueError("execution = 0 and no reward_model: nothing would score the answers")
        if self.batch % self.answers:
            raise ValueError("batch must be a multiple of answers")
        return self


def run(context: StepContext, configuration: TrainingConfiguration) -> StepResult:
    """Train the model on its own answers; leaves `model/` and `episodes.jsonl`, every answer with its reward."""
    import datasets

    chosen = configuration.section("rlhf", Configuration)
    folder, named = model_folder(context, chosen.model)
    files = data_files(context, chosen.data, "tasks.jsonl")
    tasks = [task for path in files for task in read_lines(path, ExecutableTask)]
    inputs = [named, *files]
    longest, scorer_folder = longest_row(folder, chosen.max_length), None
    if chosen.reward_model is not None:
        scorer_folder, scorer_named = model_folder(context, chosen.reward_model)
        if not is_reward_model(scorer_folder):
            raise UsageError(f"{scorer_folder} is no reward model; train one: softhouse train reward")
        inputs.append(scorer_named)
        longest = longest_row(scorer_folder, longest)
    tokenizer = load_tokenizer(folder)
    prompts = fitting_prompts(tokenizer, tasks, longest - chosen.longest_answer, chosen.batch // chosen.answers)
    with quiet():
        scorer = Scorer(
            path=context.folder / EPISODES,
            tasks=tasks,
            end_id=tokenizer.eos_token_id,
            executor=_executor(chosen) if chosen.execution else None,
            execution_weight=chosen.execution,
            model_scores=model_scores(scorer_folder) if scorer_folder is not None else None,
            model_weight=chosen.reward_model_weight,
        )
        trainer_class, arguments_class = (
            (trl().GRPOTrainer, trl().GRPOConfig)
            if chosen.algorithm == "grpo"
            else (trl().RLOOTrainer, trl().RLOOConfig)
        )
        trainer = trainer_class(
            model=load_model(folder, tokenizer),
            reward_funcs=scorer.score,
            args=arguments(
                arguments_class,
                context,
                chosen,
                num_generations=chosen.answers,
                max_completion_length=chosen.longest_answer,
                temperature=chosen.temperature,
                beta=chosen.beta,
                disable_dropout=True,
            ),
            train_dataset=datasets.Dataset.from_list(prompts),
            processing_class=tokenizer,
            peft_config=lora(chosen),
        )
        history = train(trainer, context, inputs, f"learning from scores ({chosen.algorithm})")
        out = save_model(trainer.model, tokenizer, folder, context.folder / "model")
    episodes = read_episodes(scorer.path)
    return StepResult(inputs, [out, scorer.path], summary(history, episodes), [section(history, episodes)])


def fitting_prompts(
    tokenizer: Any, tasks: Sequence[ExecutableTask], longest: int, an_update: int
) -> list[dict[str, Any]]:
    """The prompts of at most `longest` tokens as trl reads them, each with the number of its task.

    Repeated where there are fewer than `an_update`: the trainer makes whole updates only. Raises `UsageError` where
    none fits.
    """
    prompts: list[dict[str, Any]] = [
        {"prompt": [message.model_dump() for message in task.prompt], "task": n} for n, task in enumerate(tasks)
    ]
    fitting = [one for one in prompts if len(turn_ids(tokenizer, one["prompt"], asking=True)) <= longest]
    if not fitting:
        raise UsageError(
            f"no prompt has at most {max(longest, 0)} tokens, which longest_answer leaves of max_length and of the "
            "models' context; lower longest_answer, or raise max_length"
        )
    return fitting * -(-an_update // len(fitting))


def _executor(chosen: Configuration) -> Executor:
    from softhouse.environment.sandbox import open_sandbox

    return Executor(open_sandbox(), compile_reward=chosen.compile_reward, held_cases=chosen.held_cases)


def model_scores(folder: Path) -> ModelScores:
    """The reward model of a folder as a function of conversations."""
    import torch

    tokenizer = load_tokenizer(folder)
    model = load_model(folder, tokenizer, scores=True).eval().to("cuda" if torch.cuda.is_available() else "cpu")

    def scores(conversations: Sequence[list[dict[str, str]]]) -> list[float]:
        texts = [tokenizer.apply_chat_template(turns, tokenize=False) for turns in conversations]
        read = tokenizer(texts, return_tensors="pt", padding=True, padding_side="right", add_special_tokens=False)
        with torch.inference_mode():
            found: list[float] = model(**read.to(model.device)).logits[:, 0].tolist()
        return found

    return scores
