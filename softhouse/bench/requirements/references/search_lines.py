import sys
from pathlib import Path


def main() -> None:
    text, *names = sys.argv[1:]
    found = False
    for name in names:
        for number, line in enumerate(Path(name).read_text(encoding="utf-8").splitlines(), 1):
            if text.lower() in line.lower():
                found = True
                print(f"{name}:{number}:{line}")
    sys.exit(0 if found else 1)


main()
