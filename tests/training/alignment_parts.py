"""A model that is small enough to be trained within a test, and tasks that it can learn."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from softhouse.environment.documents import Case, Step
from softhouse.llm_backends.protocol import ChatMessage
from softhouse.training.alignment.libraries import transformers
from softhouse.training.alignment.rows import ExecutableTask
from softhouse.training.configuration import TrainingConfiguration
from softhouse.training.progress import Silence
from softhouse.training.step import StepContext
from softhouse.training.tokenizer.special_tokens import CHAT_TEMPLATE

SPECIAL = ["<|endoftext|>", "<|pad|>", "<|im_start|>", "<|im_end|>"]
DOUBLE, SQUARE = "```python\nimport sys\nprint(int(sys.argv[1]) * 2)\n```", "```python\nprint(4)\n```"
WORDS = ["double it", "square it", "Say hi", "hello", "go away", "system\nuser\nassistant\n", DOUBLE, SQUARE]


def tiny_model(folder: Path) -> Path:
    """A Llama of 20,000 parameters, all random, with a byte-level tokenizer."""
    import tokenizers

    words = tokenizers.Tokenizer(tokenizers.models.BPE())
    words.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False)
    words.decoder = tokenizers.decoders.ByteLevel()
    words.train_from_iterator(
        WORDS * 3,
        tokenizers.trainers.BpeTrainer(
            vocab_size=400,
            show_progress=False,
            special_tokens=SPECIAL,
            initial_alphabet=tokenizers.pre_tokenizers.ByteLevel.alphabet(),
        ),
    )
    tokenizer = transformers().PreTrainedTokenizerFast(
        tokenizer_object=words, eos_token="<|im_end|>", pad_token="<|pad|>", chat_template=CHAT_TEMPLATE
    )
    transformers().set_seed(0)
    config = transformers().LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=2,
        max_position_embeddings=128,
        tie_word_embeddings=True,
        bos_token_id=None,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    transformers().LlamaForCausalLM(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def doubling(*numbers: int) -> ExecutableTask:
    """A program that doubles its argument."""
    cases = tuple(
        Case(name=f"double {number}", steps=(Step(arguments=(str(number),), stdout=f"{2 * number}\n"),))
        for number in numbers
    )
    return ExecutableTask(prompt=(ChatMessage.user("double it"),), cases=cases)


class KilledError(Exception):
    """Stands for the end of the process."""


class KilledAt(Silence):
    """Progress that ends the step when it comes to an update."""

    def __init__(self, update: int) -> None:
        self._last = update

    def update(self, completed: float, note: str = "") -> None:
        """End at the chosen update."""
        if completed == self._last:
            raise KilledError


def context_in(out: Path, step: str, *, killed_at: int | None = None) -> StepContext:
    """OUT/STEP with seed 0."""
    (out / step).mkdir(parents=True, exist_ok=True)
    progress = Silence() if killed_at is None else KilledAt(killed_at)
    return StepContext(out=out, folder=out / step, seed=0, progress=progress)


def table(step: str, keys: Mapping[str, Any]) -> TrainingConfiguration:
    """A configuration of one table."""
    return TrainingConfiguration("test", {step: dict(keys)})


def likeliest_answer(folder: Path, question: str) -> str:
    """What the model of a folder answers greedily, at most 40 tokens."""
    import torch

    tokenizer = transformers().AutoTokenizer.from_pretrained(folder)
    model = transformers().AutoModelForCausalLM.from_pretrained(folder)
    turns = [{"role": "user", "content": question}]
    read = tokenizer.apply_chat_template(turns, add_generation_prompt=True, return_tensors="pt", return_dict=True)
    with torch.inference_mode():
        ids = model.generate(**read, max_new_tokens=40, do_sample=False)
    return str(tokenizer.decode(ids[0, read["input_ids"].shape[1] :], skip_special_tokens=True))


def weights(folder: Path) -> bytes:
    """The bytes of a model's weights."""
    return (folder / "model.safetensors").read_bytes()
