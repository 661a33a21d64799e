import sys


def main() -> None:
    lines = sys.stdin.read().splitlines()
    width = max((line.index("=") for line in lines if "=" in line), default=0)
    for line in lines:
        name, equals, value = line.partition("=")
        print(f"{name:<{width}} = {value}" if equals else line)


if __name__ == "__main__":
    main()
