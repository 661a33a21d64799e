import sys


def main() -> None:
    lines = sys.stdin.read().splitlines()
    width = max(map(len, lines), default=0)
    border = f"+{'-' * (width + 2)}+"
    print(border)
    for line in lines:
        print(f"| {line:<{width}} |")
    print(border)


if __name__ == "__main__":
    main()
