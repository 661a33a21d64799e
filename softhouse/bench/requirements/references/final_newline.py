import sys
from pathlib import Path


def main() -> None:
    path = Path(sys.argv[1])
    if not path.is_file():
        sys.exit(1)
    if path.read_text(encoding="utf-8").endswith("\n"):
        print("ok")
        return
    with path.open("a", encoding="utf-8") as file:
        file.write("\n")
    print("fixed")


if __name__ == "__main__":
    main()
