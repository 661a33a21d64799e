"""The tokenizer is SentencePiece plus specials, and the prompt is what ChatGLM was trained on."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sentencepiece import SentencePieceProcessor

from softhouse.errors import UnknownModelError
from softhouse.llm_backends.chatglm2.prompt import answer_ids, prompt_ids, rounds_text, stop_ids
from softhouse.llm_backends.chatglm2.synthetic import sentencepiece_model, widened
from softhouse.llm_backends.chatglm2.tokenizer import BYTE, CONTROL, UNUSED, ChatGLMTokenizer
from softhouse.llm_backends.protocol import ChatMessage

TEXTS = [
    "你好，世界！",
    "The quick brown fox, and 狐狸.",
    "def f(x):\n\treturn {'a': x ** 2}  # 平方\n\n",
    "😀👩‍👩‍👧 naïve café ﬁ ½",
    "  two spaces in front, and at the end  ",
    "[gMASK] sop <|user|> eop",
    "\r\n\x00\x7f",
    "",
]


@pytest.fixture(scope="module")
def sentencepiece(pieces: bytes) -> SentencePieceProcessor:
    return SentencePieceProcessor(model_proto=pieces)


@pytest.mark.parametrize("text", TEXTS)
def test_ids_are_those_of_sentencepiece_and_go_back(
    pieces: bytes, sentencepiece: SentencePieceProcessor, text: str
) -> None:
    tokenizer = ChatGLMTokenizer(pieces)
    assert tokenizer.encode(text) == sentencepiece.encode(text)
    assert tokenizer.decode(tokenizer.encode(text)) == text


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="▁")))
def test_any_text_goes_there_and_back(text: str) -> None:
    tokenizer = ChatGLMTokenizer(_MODEL)
    assert tokenizer.decode(tokenizer.encode(text)) == text


_MODEL = sentencepiece_model()


@pytest.mark.parametrize("kind", ["bpe", "unigram"])
def test_specials_follow_the_last_piece(kind: str) -> None:
    tokenizer = ChatGLMTokenizer(sentencepiece_model(360, model_type=kind))
    assert list(tokenizer.specials.items()) == [
        ("[MASK]", 360), ("[gMASK]", 361), ("[sMASK]", 362), ("sop", 363), ("eop", 364),
    ]  # fmt: skip
    assert (len(tokenizer), tokenizer.eos_id) == (365, 2)


def test_specials_are_read_only_where_they_are_asked_for(pieces: bytes) -> None:
    tokenizer = ChatGLMTokenizer(pieces)
    text = "[gMASK]sop你好[MASK]"
    ids = tokenizer.encode(text, specials=True)
    assert ids[:2] == [tokenizer.specials["[gMASK]"], tokenizer.specials["sop"]]
    assert ids[-1] == tokenizer.specials["[MASK]"]
    assert tokenizer.decode(ids, specials=True) == text
    assert tokenizer.decode(ids) == "你好"
    assert not set(tokenizer.encode(text)) & set(tokenizer.specials.values())


def test_the_vocabulary_is_padded_to_the_model_s(pieces: bytes) -> None:
    entries = ChatGLMTokenizer(pieces).vocabulary(448)
    assert len(entries) == 448
    assert [entry.text for entry in entries[:4]] == ["<unk>", "<s>", "</s>", "<0x00>"]
    assert (entries[3].kind, entries[403].kind, entries[-1].kind) == (BYTE, CONTROL, UNUSED)
    with pytest.raises(UnknownModelError, match="not of one release"):
        ChatGLMTokenizer(pieces).vocabulary(404)


def test_rounds_are_numbered_and_the_system_s_words_stand_before_the_question() -> None:
    messages = [
        ChatMessage.system("Answer in one word."),
        ChatMessage.user("1+1?"),
        ChatMessage.assistant("2"),
        ChatMessage.user("And 2+2?"),
    ]
    assert rounds_text(messages) == (
        "[Round 1]\n\n问：Answer in one word.\n\n1+1?\n\n答：2\n\n[Round 2]\n\n问：And 2+2?\n\n答："
    )


def test_the_prompt_of_chatglm2(pieces: bytes, sentencepiece: SentencePieceProcessor) -> None:
    ids = prompt_ids(ChatGLMTokenizer(pieces), [ChatMessage.user("你好")])
    assert ids == [401, 403, *sentencepiece.encode("[Round 1]\n\n问：你好\n\n答：")]


def test_the_prompt_of_chatglm3(pieces: bytes, sentencepiece: SentencePieceProcessor) -> None:
    tokenizer = ChatGLMTokenizer(pieces, "chatglm3")
    system, user, assistant, observation = (
        tokenizer.specials[f"<|{role}|>"] for role in ("system", "user", "assistant", "observation")
    )
    newline = sentencepiece.encode("\n")
    ids = prompt_ids(tokenizer, [ChatMessage.system("Be brief."), ChatMessage.user("你好")])
    assert ids == [
        401, 403, system, *newline, *sentencepiece.encode("Be brief."),
        user, *newline, *sentencepiece.encode("你好"), assistant,
    ]  # fmt: skip
    assert answer_ids(tokenizer, "") == newline
    assert set(stop_ids(tokenizer, 2)) == {2, system, user, observation}


def test_an_answer_that_is_begun_is_encoded_apart(pieces: bytes, sentencepiece: SentencePieceProcessor) -> None:
    tokenizer = ChatGLMTokenizer(pieces)
    assert answer_ids(tokenizer, "The quick") == sentencepiece.encode("The quick")
    assert answer_ids(tokenizer, "") == []


def test_what_is_no_sentencepiece_model_is_said_so() -> None:
    with pytest.raises(UnknownModelError, match="not a SentencePiece model"):
        ChatGLMTokenizer(b"IQ== 0\n")


def test_the_specials_of_the_release_have_the_ids_that_its_weights_know() -> None:
    tokenizer = ChatGLMTokenizer(widened(_MODEL, 64_789), "chatglm3")
    assert [tokenizer.specials[name] for name in ("[gMASK]", "sop", "<|user|>")] == [64790, 64792, 64795]
