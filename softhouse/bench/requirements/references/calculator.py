import re
import sys


class Parser:
    def __init__(self, text: str) -> None:
        self.tokens = re.findall(r"\d+\.?\d*|\.\d+|\S", text)
        self.position = 0

    def peek(self) -> str:
        return self.tokens[self.position] if self.position < len(self.tokens) else ""

    def take(self) -> str:
        token = self.peek()
        self.position += 1
        return token

    def expression(self) -> float:
        value = self.term()
        while self.peek() in ("+", "-"):
            value = value + self.term() if self.take() == "+" else value - self.term()
        return value

    def term(self) -> float:
        value = self.factor()
        while self.peek() in ("*", "/"):
            value = value * self.factor() if self.take() == "*" else value / self.factor()
        return value

    def factor(self) -> float:
        token = self.take()
        if token == "-":
            return -self.factor()
        if token == "(":
            value = self.expression()
            if self.take() != ")":
                raise ValueError("no closing parenthesis")
            return value
        return float(token)


def main() -> None:
    parser = Parser(sys.argv[1])
    try:
        value = parser.expression()
        if parser.peek():
            raise ValueError("something is left over")
    except (ValueError, ZeroDivisionError) as error:
        print(error, file=sys.stderr)
        sys.exit(1)
    print(f"{value:.2f}")


main()
