import re
import sys


def value(operand: str, variables: dict[str, int]) -> int:
    if re.fullmatch("[+-]?[0-9]+", operand):
        return int(operand)
    return variables[operand]


def execute(line: str, variables: dict[str, int]) -> None:
    match line.split():
        case ["set", name, operand]:
            variables[name] = value(operand, variables)
        case ["add", name, operand]:
            variables[name] += value(operand, variables)
        case ["mul", name, operand]:
            variables[name] *= value(operand, variables)
        case ["print", name]:
            print(variables[name])


def main() -> None:
    variables: dict[str, int] = {}
    with open(sys.argv[1], encoding="utf-8") as file:
        for line in file:
            try:
                execute(line, variables)
            except KeyError:
                sys.exit(1)


if __name__ == "__main__":
    main()
