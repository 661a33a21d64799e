"""ChatGLM's way of reading a conversation, as both engines need it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from softhouse.llm_backends.chatglm2 import prompt
from softhouse.llm_backends.chatglm2.tokenizer import BYTE, NORMAL, USER_DEFINED, ChatGLMTokenizer
from softhouse.llm_backends.protocol import ChatMessage

if TYPE_CHECKING:
    import xgrammar


class ChatGLMConversation:
    """Text to ids and back in the round format (or ChatGLM3's role tokens); a `Conversation`."""

    def __init__(self, tokenizer: ChatGLMTokenizer, stop_ids: Sequence[int]) -> None:
        self.tokenizer = tokenizer
        self.stop_ids = list(stop_ids)

    def prompt_ids(self, messages: Sequence[ChatMessage]) -> list[int]:
        return prompt.prompt_ids(self.tokenizer, messages)

    def answer_ids(self, begun: str) -> list[int]:
        return prompt.answer_ids(self.tokenizer, begun)

    def encode(self, text: str) -> list[int]:
        return self.tokenizer.encode(text)

    def decode(self, ids: Sequence[int]) -> str:
        return self.tokenizer.decode(ids)

    def vocabulary(self, size: int) -> "xgrammar.TokenizerInfo":
        import xgrammar

        # an empty text is what a grammar never allows: specials, padding, the unknown token
        texts = [
            piece.text if piece.kind in (NORMAL, USER_DEFINED, BYTE) else ""
            for piece in self.tokenizer.vocabulary(size)
        ]
        return xgrammar.TokenizerInfo(
            texts,
            xgrammar.VocabType.BYTE_FALLBACK,
            vocab_size=size,
            stop_token_ids=self.stop_ids,
            add_prefix_space=True,
        )
