import re
import sys


def main() -> None:
    text, *words = sys.argv[1:]
    for word in words:
        text = re.sub(rf"\b{re.escape(word)}\b", "*" * len(word), text, flags=re.IGNORECASE)
    print(text)


if __name__ == "__main__":
    main()
