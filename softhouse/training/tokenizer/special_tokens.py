"""Tokens that no text is made of, and how they frame a conversation or a gap.

They are the first ids of every vocabulary. The first seven are what a decoder is trained with; the mask is the
encoder's, the spans are the markers of the sequence-to-sequence model. They are always there, so that one tokenizer
serves all.
"""

from collections.abc import Sequence

END_OF_TEXT, PAD = "<|endoftext|>", "<|pad|>"
TURN_BEGINS, TURN_ENDS = "<|im_start|>", "<|im_end|>"
FIM_PREFIX, FIM_MIDDLE, FIM_SUFFIX = "<|fim_prefix|>", "<|fim_middle|>", "<|fim_suffix|>"
MASK = "<|mask|>"
SPANS = tuple(f"<|span_{index}|>" for index in range(32))
SPECIAL_TOKENS = (END_OF_TEXT, PAD, TURN_BEGINS, TURN_ENDS, FIM_PREFIX, FIM_MIDDLE, FIM_SUFFIX, MASK, *SPANS)
ID_OF = {token: index for index, token in enumerate(SPECIAL_TOKENS)}

CHAT_TEMPLATE = (
    "{% for message in messages %}"
    "{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n' }}"
    "{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)
"""ChatML, as a Jinja template for transformers and llama.cpp."""


def gap_prompt(prefix: Sequence[int], suffix: Sequence[int]) -> list[int]:
    """Ids that ask for what stands between `prefix` and `suffix`; the answer ends with `<|endoftext|>`.

    Prefix, suffix, then the middle (https://arxiv.org/abs/2207.14255).

    >>> gap_prompt([100], [200])
    [4, 100, 6, 200, 5]
    """
    return [ID_OF[FIM_PREFIX], *prefix, ID_OF[FIM_SUFFIX], *suffix, ID_OF[FIM_MIDDLE]]
