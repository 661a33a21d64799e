"""ChatGLM's tokenizer: a SentencePiece model and a few special tokens behind it.

The ids of the specials follow the last piece of the SentencePiece model, in a fixed order (`tokenization_chatglm.py` of
https://huggingface.co/THUDM/chatglm2-6b and chatglm3-6b). Text never becomes a special
token: whoever wants one names it.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from softhouse.errors import UnknownModelError
from softhouse.llm_backends.chatglm2.shape import ChatFormat

CHATGLM2_SPECIALS = ("[MASK]", "[gMASK]", "[sMASK]", "sop", "eop")
CHATGLM3_SPECIALS = (*CHATGLM2_SPECIALS, "<|system|>", "<|user|>", "<|assistant|>", "<|observation|>")
MODEL_FILE = "tokenizer.model"
# the types of pieces as in the GGUF specification and in SentencePiece's own model
NORMAL, UNKNOWN, CONTROL, USER_DEFINED, UNUSED, BYTE = range(1, 7)


@dataclass(frozen=True)
class Piece:
    """One entry of the vocabulary. A space is written `▁`, a raw byte `<0x0A>`."""

    text: str
    score: float
    kind: int


class ChatGLMTokenizer:
    """Text to ids and back, exactly as SentencePiece has it, plus the specials by name."""

    def __init__(self, model: bytes, chat_format: ChatFormat = "chatglm2") -> None:
        """`model` is the content of `tokenizer.model`; `UnknownModelError` where it is no SentencePiece model."""
        from sentencepiece import SentencePieceProcessor

        self.model = model
        try:
            self._pieces = SentencePieceProcessor(model_proto=model)
        except RuntimeError as error:
            raise UnknownModelError(
                f"the tokenizer is not a SentencePiece model, so this is not ChatGLM2 or 3 ({error})"
            ) from None
        names = CHATGLM3_SPECIALS if chat_format == "chatglm3" else CHATGLM2_SPECIALS
        size = self._pieces.vocab_size()
        self.specials = {name: size + offset for offset, name in enumerate(names)}
        # the release's tokenizer has no text for these either; SentencePiece would write the unknown one as " ⁇ "
        self._silent = {self._pieces.unk_id(), self._pieces.bos_id(), self._pieces.eos_id()}
        self._special_names = {token: name for name, token in self.specials.items()}
        self._special_pattern = re.compile("(" + "|".join(map(re.escape, names)) + ")")

    @classmethod
    def read(cls, folder: Path, chat_format: ChatFormat = "chatglm2") -> "ChatGLMTokenizer":
        """The tokenizer of a checkpoint's folder."""
        path = folder / MODEL_FILE
        if not path.is_file():
            raise UnknownModelError(f"{path} is missing; copy it there from the release of the model")
        return cls(path.read_bytes(), chat_format)

    def __len__(self) -> int:
        """How many ids have a meaning; the model's vocabulary is padded beyond."""
        return self._pieces.vocab_size() + len(self.specials)

    @property
    def eos_id(self) -> int:
        return int(self._pieces.eos_id())

    def encode(self, text: str, *, specials: bool = False) -> list[int]:
        """Ids of `text`; with `specials`, their spellings become their tokens (never for a user's text)."""
        if not specials:
            return list(self._pieces.encode(text))
        ids: list[int] = []
        for part in self._special_pattern.split(text):
            if part in self.specials:
                ids.append(self.specials[part])
            elif part:
                ids.extend(self._pieces.encode(part))
        return ids

    def decode(self, ids: Iterable[int], *, specials: bool = False) -> str:
        """The text of `ids`; padding disappears, and so do specials unless `specials` asks for their spellings."""
        text, run = [], list[int]()
        size = self._pieces.vocab_size()
        for token in ids:
            if 0 <= token < size and token not in self._silent:
                run.append(token)
            elif specials and token in self._special_names:
                text += [self._pieces.decode(run), self._special_names[token]]
                run = []
        return "".join([*text, self._pieces.decode(run)])

    def vocabulary(self, size: int) -> list[Piece]:
        """All `size` entries of the model's padded vocabulary; `UnknownModelError` where the tokenizer has more."""
        if size < len(self):
            raise UnknownModelError(
                f"the tokenizer has {len(self)} tokens but the model only {size}; they are not of one release"
            )
        pieces = [self._piece(token) for token in range(self._pieces.vocab_size())]
        pieces += [Piece(name, 0.0, CONTROL) for name in self.specials]
        pieces += [Piece(f"[PAD{token}]", 0.0, UNUSED) for token in range(len(pieces), size)]
        return pieces

    def _piece(self, token: int) -> Piece:
        model = self._pieces
        tests = (
            (model.is_unknown, UNKNOWN),
            (model.is_control, CONTROL),
            (model.is_unused, UNUSED),
            (model.is_byte, BYTE),
        )
        kind = next((kind for test, kind in tests if test(token)), NORMAL)
        return Piece(model.id_to_piece(token), model.get_score(token), kind)


def left_padded(batch: Sequence[Sequence[int]], pad_id: int) -> tuple[list[list[int]], list[list[int]]]:
    """Ids and attention mask of one rectangular batch: a decoder's rows must end together, so they are padded in front.

    >>> left_padded([[5, 6, 7], [8]], pad_id=0)
    ([[5, 6, 7], [0, 0, 8]], [[1, 1, 1], [0, 0, 1]])
    """
    width = max(map(len, batch))
    ids = [[pad_id] * (width - len(row)) + list(row) for row in batch]
    mask = [[0] * (width - len(row)) + [1] * len(row) for row in batch]
    return ids, mask
