"""A model of transformers in this process: where it runs, in which precision, and how a batch is generated."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from softhouse.errors import UnknownModelError
from softhouse.llm_backends.memory_plan import physical_memory
from softhouse.llm_backends.sampling import Reply

if TYPE_CHECKING:
    import torch


def weight_bytes(folder: Path) -> int:
    """Bytes of the safetensors in `folder`."""
    return sum(path.stat().st_size for path in folder.glob("*.safetensors"))


def choose_device(weights: int, stored: "torch.dtype") -> tuple[str, "torch.dtype"]:
    """Where a model of so many bytes, stored as `stored`, runs and in which precision.

    Half precision on a card (bfloat16 only where the card computes it); on the CPU float32, whose sums are faster and
    exact, unless the machine's memory is too small to hold it beside the stored weights while it loads.
    """
    import torch

    numbers = weights // stored.itemsize
    if torch.cuda.is_available():
        half = stored if stored.itemsize == 2 else torch.float16
        if half == torch.bfloat16 and not torch.cuda.is_bf16_supported(including_emulation=False):
            half = torch.float16
        if numbers * 2 * 1.1 < torch.cuda.mem_get_info()[0]:
            return "cuda", half
    elif torch.backends.mps.is_available():
        return "mps", torch.float16
    memory = physical_memory()
    return "cpu", torch.float32 if memory is None or weights + numbers * 4 < 0.8 * memory else torch.bfloat16


def load_model(folder: Path, device: str | None = None, auto_class: str = "AutoModelForCausalLM") -> Any:
    """The model in `folder`, ready to be used, on the device and in the precision that fit.

    `auto_class`: which head it gets, as the name of a class of transformers; "AutoModel": none.
    """
    import torch
    import transformers

    place, dtype = choose_device(weight_bytes(folder), stored_dtype(folder))
    if device is not None and device != place:
        place, dtype = device, torch.float32 if device == "cpu" else torch.float16
    model = read_weights(folder, dtype, auto_class)
    # what ends a reply is the reply's own business: a model's defaults must not end its neighbours
    model.generation_config = transformers.GenerationConfig.from_dict({"pad_token_id": 0})
    model.train(mode=False)
    return model.to(place)


def stored_dtype(folder: Path) -> "torch.dtype":
    """The precision in which the weights in `folder` lie there."""
    import torch
    import transformers

    config = transformers.AutoConfig.from_pretrained(folder, trust_remote_code=False, local_files_only=True)
    stored: torch.dtype = getattr(config, "dtype", None) or torch.float32
    return stored


def read_weights(folder: Path, dtype: "torch.dtype | None", auto_class: str = "AutoModelForCausalLM") -> Any:
    """The model in `folder`, on the CPU, in `dtype` (None: as it is stored); `UnknownModelError` where it can't be."""
    import transformers

    logging: Any = transformers.utils.logging
    bars = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    try:
        return getattr(transformers, auto_class).from_pretrained(
            folder, trust_remote_code=False, local_files_only=True, dtype=dtype or "auto"
        )
    except (OSError, ValueError, KeyError) as error:
        raise UnknownModelError(f"{folder} can't be loaded ({first_line(error)})") from None
    finally:
        if bars:
            logging.enable_progress_bar()


def generate(model: Any, replies: list[Reply]) -> None:
    """Generate all `replies` together, until each is done."""
    import torch
    import transformers

    width = max(len(reply.prompt) for reply in replies)
    ids = torch.zeros(len(replies), width, dtype=torch.long)
    mask = torch.zeros_like(ids)
    for row, reply in enumerate(replies):
        # in front: the rows of a decoder must end together
        ids[row, width - len(reply.prompt) :] = torch.tensor(reply.prompt)
        mask[row, width - len(reply.prompt) :] = 1

    class NextTokens(transformers.LogitsProcessor):
        def __call__(self, _ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
            chosen = torch.full_like(scores, -torch.inf)
            rows = scores.float().cpu()
            for row, reply in enumerate(replies):
                token = None if reply.done else reply.next(rows[row])
                chosen[row, 0 if token is None else token] = 0
            return chosen

    class AllDone(transformers.StoppingCriteria):
        def __call__(self, ids: torch.Tensor, _scores: torch.Tensor, **_kwargs: Any) -> torch.Tensor:
            return torch.tensor([reply.done for reply in replies], device=ids.device)

    with torch.inference_mode():
        model.generate(
            input_ids=ids.to(model.device),
            attention_mask=mask.to(model.device),
            logits_processor=transformers.LogitsProcessorList([NextTokens()]),
            stopping_criteria=transformers.StoppingCriteriaList([AllDone()]),
            max_new_tokens=max(reply.request.max_tokens for reply in replies),
            do_sample=False,
        )


def first_line(error: BaseException) -> str:
    """What an error says, for a message of one line."""
    lines = str(error).strip().splitlines()
    return lines[0][:200] if lines else type(error).__name__
