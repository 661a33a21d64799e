import sys
from pathlib import Path


def main() -> None:
    path, wanted = sys.argv[1], sys.argv[2].lower()
    for line in Path(path).read_text(encoding="utf-8").splitlines():
        if not line.strip():
            break
        name, _, value = line.partition(":")
        if name.strip().lower() == wanted:
            print(value.strip())
            return
    sys.exit(1)


if __name__ == "__main__":
    main()
