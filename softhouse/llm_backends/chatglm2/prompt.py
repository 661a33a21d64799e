"""How a conversation becomes ChatGLM's token ids.

ChatGLM2 reads rounds of question and answer as one text; ChatGLM3 has a token for each role. Formats:
https://huggingface.co/THUDM/chatglm2-6b (`build_prompt`) and https://github.com/THUDM/ChatGLM3/blob/main/PROMPT_en.md.
"""

from collections.abc import Sequence

from softhouse.llm_backends.chatglm2.tokenizer import ChatGLMTokenizer
from softhouse.llm_backends.protocol import ChatMessage


def rounds_text(messages: Sequence[ChatMessage]) -> str:
    """ChatGLM2's text, up to the answer that is wanted.

    The format has no place for a system message: it goes in front of the question that follows it.

    >>> rounds_text([ChatMessage.system("Be brief."), ChatMessage.user("你好")])
    '[Round 1]\\n\\n问：Be brief.\\n\\n你好\\n\\n答：'
    """
    text, question, number = "", list[str](), 1
    for message in messages:
        if message.role != "assistant":
            question.append(message.content)
            continue
        text += _round(number, question) + message.content + "\n\n"
        question, number = [], number + 1
    return text + _round(number, question)


def _round(number: int, question: Sequence[str]) -> str:
    return f"[Round {number}]\n\n问：" + "\n\n".join(question) + "\n\n答："


def prompt_ids(tokenizer: ChatGLMTokenizer, messages: Sequence[ChatMessage]) -> list[int]:
    """The ids of `messages` up to where the model's answer begins, in the format that the tokenizer's specials say."""
    start = [tokenizer.specials["[gMASK]"], tokenizer.specials["sop"]]
    if "<|user|>" not in tokenizer.specials:
        return start + tokenizer.encode(rounds_text(messages))
    for message in messages:
        start += [
            tokenizer.specials[f"<|{message.role}|>"],
            *tokenizer.encode("\n"),
            *tokenizer.encode(message.content),
        ]
    return [*start, tokenizer.specials["<|assistant|>"]]


def answer_ids(tokenizer: ChatGLMTokenizer, begun: str) -> list[int]:
    """The ids of an answer that is already begun: encoded apart from the prompt, as in ChatGLM's training."""
    if "<|user|>" not in tokenizer.specials:
        return tokenizer.encode(begun) if begun else []
    return [*tokenizer.encode("\n"), *(tokenizer.encode(begun) if begun else [])]


def stop_ids(tokenizer: ChatGLMTokenizer, eos_id: int) -> list[int]:
    """Tokens that end an answer: the end of text, and in ChatGLM3 whoever speaks next."""
    speakers = ("<|user|>", "<|observation|>", "<|system|>")
    return [eos_id, *(tokenizer.specials[name] for name in speakers if name in tokenizer.specials)]
