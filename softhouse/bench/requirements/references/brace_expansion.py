import re
import sys
from itertools import product


def expand(text: str) -> list[str]:
    parts = re.split(r"\{([^{}]*)\}", text)
    choices = [part.split(",") if index % 2 else [part] for index, part in enumerate(parts)]
    return ["".join(words) for words in product(*choices)]


def main() -> None:
    for word in expand(sys.argv[1]):
        print(word)


if __name__ == "__main__":
    main()
