import sys
from pathlib import Path


def main() -> None:
    names = Path(sys.argv[1]).read_text(encoding="utf-8").splitlines()
    missing = [name for name in names if not Path(name).exists()]
    for name in missing or ["nothing missing"]:
        print(name)


if __name__ == "__main__":
    main()
