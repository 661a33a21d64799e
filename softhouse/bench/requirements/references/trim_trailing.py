import sys
from pathlib import Path


def main() -> None:
    path = Path(sys.argv[1])
    if not path.is_file():
        sys.exit(1)
    before = path.read_text(encoding="utf-8").split("\n")
    after = [line.rstrip(" \t") for line in before]
    path.write_text("\n".join(after), encoding="utf-8")
    print(sum(1 for old, new in zip(before, after, strict=True) if old != new))


if __name__ == "__main__":
    main()
