"""The house's documents, asked for as the house asks: two formats of each requirement of the benchmark's held half."""

from dataclasses import dataclass

from pydantic import BaseModel, ValidationError

from softhouse.actions.complete_requirements import Outline
from softhouse.actions.run_tests import Judgement
from softhouse.bench.requirements import read_requirements
from softhouse.training.alignment.house_requests import Turns, echo_turns, outline_turns


@dataclass(frozen=True)
class Request:
    """A conversation that ends with the request, and what the answer has to be."""

    turns: Turns
    kind: type[BaseModel]


def requests(count: int) -> list[Request]:
    """Two for each of `count` requirements: the outline of a program, and who is at fault for a check that failed.

    >>> [request.kind.__name__ for request in requests(1)]
    ['Outline', 'Judgement']
    """
    found = []
    for requirement in read_requirements("held")[:count]:
        found += [
            Request(outline_turns(requirement.text), Outline),
            Request(echo_turns(requirement.text, requirement.checks[0]), Judgement),
        ]
    return found


def valid(text: str, request: Request) -> bool:
    """Whether it is the document as it stands: JSON from the first character to the last, by the schema.

    >>> request = requests(1)[0]
    >>> valid("I would say that", request)
    False
    """
    try:
        request.kind.model_validate_json(text)
    except ValidationError:
        return False
    return True
