import sys
from pathlib import Path


def main() -> None:
    for name in sys.argv[1:]:
        print(f"== {name} ==")
        print(Path(name).read_text(encoding="utf-8"), end="")


if __name__ == "__main__":
    main()
