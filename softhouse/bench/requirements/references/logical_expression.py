import re
import sys


def fail(message: str) -> None:
    print(message, file=sys.stderr)
    sys.exit(1)


class Parser:
    def __init__(self, text: str) -> None:
        self.tokens = re.findall(r"\w+|[^\w\s]", text)

    def take(self) -> str:
        if not self.tokens:
            fail("the expression ends too early")
        return self.tokens.pop(0)

    def accept(self, token: str) -> bool:
        if self.tokens[:1] == [token]:
            self.tokens.pop(0)
            return True
        return False

    def either(self) -> bool:
        value = self.both()
        while self.accept("or"):
            right = self.both()
            value = value or right
        return value

    def both(self) -> bool:
        value = self.negation()
        while self.accept("and"):
            right = self.negation()
            value = value and right
        return value

    def negation(self) -> bool:
        flip = False
        while self.accept("not"):
            flip = not flip
        return self.atom() != flip

    def atom(self) -> bool:
        token = self.take()
        if token in ("true", "false"):
            return token == "true"
        if token != "(":
            fail(f"unexpected: {token}")
        value = self.either()
        if self.take() != ")":
            fail("a parenthesis is not closed")
        return value


def main() -> None:
    if len(sys.argv) != 2:
        fail("usage: main.py EXPRESSION")
    parser = Parser(sys.argv[1])
    try:
        value = parser.either()
    except RecursionError:
        fail("too many parentheses")
    if parser.tokens:
        fail(f"unexpected: {parser.tokens[0]}")
    print("true" if value else "false")


main()
