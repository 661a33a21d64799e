import sys
from itertools import zip_longest
from pathlib import Path


def main() -> None:
    try:
        left, right = (Path(name).read_text(encoding="utf-8").splitlines() for name in sys.argv[1:3])
    except FileNotFoundError as error:
        print(error, file=sys.stderr)
        sys.exit(1)
    for one, two in zip_longest(left, right, fillvalue=""):
        print(f"{one} | {two}")


if __name__ == "__main__":
    main()
