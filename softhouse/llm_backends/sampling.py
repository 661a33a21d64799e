"""One reply of a batch that is generated in this process: which token comes next, and when it is over."""

from dataclasses import dataclass, field
from statistics import fmean
from typing import TYPE_CHECKING

from softhouse.llm_backends.json_grammar import JsonSteering
from softhouse.llm_backends.protocol import CompletionRequest, FinishReason
from softhouse.llm_backends.reply_text import ReplyText

if TYPE_CHECKING:
    from torch import Generator, Tensor


@dataclass
class Reply:
    """A request on its way: `next` is asked for one token after another until `done`."""

    request: CompletionRequest
    prompt: list[int]
    """Ids of the prompt, with the begun answer at its end."""
    stop_ids: frozenset[int]
    text: ReplyText
    steering: JsonSteering | None = None
    tokens: list[int] = field(default_factory=list)
    finish_reason: FinishReason | None = None
    cancelled: bool = False
    """Set from another thread."""
    _random: "Generator | None" = None
    _log_probabilities: list[float] = field(default_factory=list)

    @property
    def done(self) -> bool:
        return self.cancelled or self.finish_reason is not None

    @property
    def log_probability(self) -> float | None:
        """The mean over all `tokens` so far, without the one that ends the reply: `Completion.log_probability`."""
        return fmean(self._log_probabilities) if self._log_probabilities else None

    def next(self, logits: "Tensor") -> int | None:
        """The next id for `logits` (one row, float32, on the CPU); None when the reply is over."""
        allowed = logits
        if self.steering is not None:
            import torch

            allowed = logits.masked_fill(~torch.from_numpy(self.steering.allowed()), -torch.inf)
        chosen = self._choose(allowed)
        token: int | None = chosen
        if self.steering is not None and chosen not in self.stop_ids:
            token = self.steering.take(chosen)
        if token is None or token in self.stop_ids:
            self.finish_reason = "stop"
            return None
        self.tokens.append(token)
        self._log_probabilities.append(float(logits[token] - logits.logsumexp(-1)))
        self.text.feed(token)
        if self.text.stopped or (self.steering is not None and self.steering.done):
            self.finish_reason = "stop"
        elif len(self.tokens) >= self.request.max_tokens:
            self.finish_reason = "length"
        return token

    def _choose(self, logits: "Tensor") -> int:
        request = self.request
        if request.temperature <= 0:
            return int(logits.argmax())
        import torch

        if self._random is None:
            self._random = torch.Generator()
            if request.seed is None:
                self._random.seed()
            else:
                self._random.manual_seed(request.seed)
        probabilities = torch.softmax(logits / request.temperature, dim=-1)
        if request.min_p > 0:
            probabilities[probabilities < request.min_p * probabilities.max()] = 0
        if request.top_p < 1:
            ordered, places = probabilities.sort(descending=True)
            # the token that crosses the line stays: at least one always does
            beyond = ordered.cumsum(0) - ordered > request.top_p * ordered.sum()
            probabilities[places[beyond]] = 0
        return int(torch.multinomial(probabilities, 1, generator=self._random))
