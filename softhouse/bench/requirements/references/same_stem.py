import sys
from collections import Counter
from pathlib import Path


def main() -> None:
    stems = Counter(path.stem for path in Path(sys.argv[1]).iterdir() if path.is_file())
    for stem in sorted(stems):
        if stems[stem] > 1:
            print(stem)


if __name__ == "__main__":
    main()
