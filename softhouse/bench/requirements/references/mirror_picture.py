import sys
from pathlib import Path


def main() -> None:
    direction, path = sys.argv[1:3]
    lines = Path(path).read_text(encoding="utf-8").splitlines()
    if direction == "h":
        lines = [line[::-1] for line in lines]
    elif direction == "v":
        lines.reverse()
    else:
        sys.exit(1)
    print("\n".join(lines))


if __name__ == "__main__":
    main()
