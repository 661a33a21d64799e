import sys


def evaluate(words: list[str]) -> int:
    stack: list[int] = []
    for word in words:
        if word in ("+", "-", "*"):
            right, left = stack.pop(), stack.pop()
            stack.append(left + right if word == "+" else left - right if word == "-" else left * right)
        else:
            stack.append(int(word))
    (result,) = stack
    return result


def main() -> None:
    try:
        print(evaluate(sys.stdin.read().split()))
    except (ValueError, IndexError):
        print("error")
        sys.exit(1)


main()
