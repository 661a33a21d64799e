"""What the tests of this room ask for: a small document with every kind of field, and a right answer."""

import json

from pydantic import BaseModel, ConfigDict

from softhouse.llm_backends.protocol import ChatMessage, CompletionRequest


class Feature(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str
    must_have: bool


class Product(BaseModel):
    """What the model is asked for."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    ready: bool
    owner: str | None
    goals: tuple[str, ...]
    features: tuple[Feature, ...]
    team_size: int


ANSWER = {
    "name": "a small abacus",
    "ready": True,
    "owner": None,
    "goals": ["add numbers"],
    "features": [{"text": "adds", "must_have": True}, {"text": "subtracts, too", "must_have": False}],
    "team_size": 3,
}
RIGHT = json.dumps(ANSWER)
WRONG = json.dumps({**ANSWER, "team_size": "some"})


def request(text: str = "Describe the product.", **fields: object) -> CompletionRequest:
    return CompletionRequest.model_validate({"messages": (ChatMessage.user(text),), **fields})
