"""A reply that is steered is valid by its schema and within its budget, whatever the model would rather write."""

from itertools import pairwise
from typing import Any, Literal

import numpy as np
import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from softhouse.environment.document import Document
from softhouse.errors import ReplyError
from softhouse.llm_backends.chatglm2.conversation import ChatGLMConversation
from softhouse.llm_backends.chatglm2.tokenizer import ChatGLMTokenizer
from softhouse.llm_backends.json_grammar import JsonGrammars

pytestmark = pytest.mark.torch
VOCABULARY = 448


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Texts(Strict):
    """Strings without an end."""

    title: str
    body: str = Field(min_length=5)


class Item(Strict):
    kind: Literal["must", "should"]
    text: str
    size: Literal["small"] | None = None


class Lists(Strict):
    items: list[Item] = Field(min_length=1)
    note: str | None


class Tree(Strict):
    name: str
    children: list["Tree"]


class Numbers(Strict):
    n: int = Field(ge=3)
    x: float
    b: bool


@pytest.fixture(scope="module")
def tokenizer(pieces: bytes) -> ChatGLMTokenizer:
    return ChatGLMTokenizer(pieces)


@pytest.fixture(scope="module")
def grammars(tokenizer: ChatGLMTokenizer) -> JsonGrammars:
    return JsonGrammars(ChatGLMConversation(tokenizer, [2]).vocabulary(VOCABULARY), [2])


def rambled(grammars: JsonGrammars, schema: dict[str, Any], budget: int, seed: int) -> list[int]:
    """What a model writes that chooses blindly among all that is allowed."""
    random = np.random.default_rng(seed)
    steering, tokens = grammars.steering(schema, budget), list[int]()
    while not steering.done:
        wish = int(random.choice(np.flatnonzero(steering.allowed())))
        token = None if wish == 2 else steering.take(wish)
        if token is None:
            break
        tokens.append(token)
    return tokens


@pytest.mark.parametrize("kind", [Texts, Lists, Tree, Numbers])
@pytest.mark.parametrize("budget", [48, 64, 200, 1500])
def test_a_rambling_model_keeps_to_schema_and_budget(
    grammars: JsonGrammars, tokenizer: ChatGLMTokenizer, kind: type[Strict], budget: int
) -> None:
    for seed in range(5):
        tokens = rambled(grammars, kind.model_json_schema(), budget, seed)
        assert len(tokens) <= budget
        kind.model_validate_json(tokenizer.decode(tokens))


def test_every_document_of_the_house_closes(grammars: JsonGrammars, tokenizer: ChatGLMTokenizer) -> None:
    from softhouse.environment import documents

    kinds = [kind for kind in vars(documents).values() if isinstance(kind, type) and issubclass(kind, Document)]
    assert len(kinds) > 5
    for kind in kinds:
        if kind is not Document:
            text = tokenizer.decode(rambled(grammars, kind.model_json_schema(), 1024, seed=1))
            assert offences(kind, text) <= {"value_error", "assertion_error"}, "rules between fields are in no schema"


def offences(kind: type[BaseModel], text: str) -> set[str]:
    try:
        kind.model_validate_json(text)
    except ValidationError as invalid:
        return {error["type"] for error in invalid.errors()}
    return set()


def test_there_is_no_whitespace_between(grammars: JsonGrammars, tokenizer: ChatGLMTokenizer) -> None:
    text = tokenizer.decode(rambled(grammars, Numbers.model_json_schema(), 200, seed=3))
    assert not any(character.isspace() for character in text)


def test_a_budget_below_the_shortest_document_is_refused(grammars: JsonGrammars) -> None:
    with pytest.raises(ReplyError, match=r"at least \d+ tokens, but only 10"):
        grammars.steering(Lists.model_json_schema(), 10)


def test_a_document_that_needs_itself_is_refused(grammars: JsonGrammars) -> None:
    endless = {"type": "object", "properties": {"next": {"$ref": "#"}}, "required": ["next"]}
    with pytest.raises(ReplyError):
        grammars.steering(endless, 200)


def test_text_of_another_engine_is_ended_in_time(grammars: JsonGrammars) -> None:
    budget = 60
    steering = grammars.steering(Texts.model_json_schema(), budget, whitespace=True)
    pieces = ['{ "ti', 'tle": "', *["word "] * 100]
    accepted = [piece for used, piece in enumerate(pieces) if steering.take_text(piece, budget - used - 1)]
    ending, tokens = steering.ending()
    assert 20 < len(accepted) + tokens <= budget
    Texts.model_validate_json("".join(accepted) + ending)


def test_an_escape_is_not_taken_for_the_end(grammars: JsonGrammars) -> None:
    for end in ("a\\", 'a\\"', "a\\u00", "é", "\\\\"):
        steering = grammars.steering(Texts.model_json_schema(), 100)
        assert steering.take_text('{"title":"' + end, 80)
        ending, _ = steering.ending()
        Texts.model_validate_json('{"title":"' + end + ending)


def test_the_way_to_the_end_only_shortens_once_it_is_taken(grammars: JsonGrammars, tokenizer: ChatGLMTokenizer) -> None:
    steering = grammars.steering(Texts.model_json_schema(), 46)
    letter = tokenizer.encode("a")[-1]
    lengths = list[int]()
    for wish in (*tokenizer.encode('{"title":"')[1:], *[letter] * 60):
        if steering.take(wish) is None or steering.done:
            break
        lengths.append(steering.ending()[1])
    assert steering.closing
    tail = lengths[-8:]
    assert all(after == before - 1 for before, after in pairwise(tail))
