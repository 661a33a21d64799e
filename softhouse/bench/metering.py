"""A backend that counts what one task asks of it, and answers from the ledger what was asked before."""

from collections import Counter

from softhouse.environment.ledger import Description, Ledger
from softhouse.llm_backends.protocol import Backend, Capabilities, Completion, CompletionRequest, TokenCallback, Usage


class MeteredBackend:
    """`inner`, for one task. It is a backend again, so a whole company can be measured with it.

    Equal requests of one task are told apart by their order, as samples of one prompt are: the third is answered with
    what the third got before an interruption.
    """

    def __init__(self, inner: Backend, ledger: Ledger, *, solver: str, problem: str) -> None:
        self._inner = inner
        self._ledger = ledger
        self._solver = solver
        self._problem = problem
        self._asked: Counter[str] = Counter()
        self.calls = 0
        self.usage = Usage()
        self.recorded = False
        """Some answer came from the ledger, so the clock says nothing."""

    @property
    def name(self) -> str:
        return self._inner.name

    @property
    def capabilities(self) -> Capabilities:
        return self._inner.capabilities

    def count_tokens(self, text: str) -> int:
        return self._inner.count_tokens(text)

    async def complete(self, request: CompletionRequest, on_token: TokenCallback | None = None) -> Completion:
        content = request.model_dump_json()
        sample = self._asked[content]
        self._asked[content] += 1
        act = await self._ledger.completion(
            Description(role=self._solver, action=self._problem, model=self.name, sample=sample),
            request,
            self._inner,
            lambda: self._inner.complete(request, on_token),
        )
        self.calls += 1
        self.usage += act.value.usage
        self.recorded = self.recorded or act.recorded
        return act.value

    async def aclose(self) -> None:
        """Nothing: the model serves the next task too."""
