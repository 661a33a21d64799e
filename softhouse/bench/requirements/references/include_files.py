import sys
from collections.abc import Iterator

PREFIX = "@include "


def read_lines(path: str) -> Iterator[str]:
    with open(path, encoding="utf-8") as file:
        for line in file.read().splitlines():
            if line.startswith(PREFIX):
                yield from read_lines(line.removeprefix(PREFIX).strip())
            else:
                yield line


def main() -> None:
    try:
        lines = list(read_lines(sys.argv[1]))
    except FileNotFoundError as error:
        print(f"missing file: {error.filename}", file=sys.stderr)
        sys.exit(1)
    for line in lines:
        print(line)


if __name__ == "__main__":
    main()
