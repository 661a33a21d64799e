import re
import sys
from pathlib import Path


def main() -> None:
    words_file, text_file = sys.argv[1:3]
    words = Path(words_file).read_text(encoding="utf-8").split()
    text = Path(text_file).read_text(encoding="utf-8")
    for word in words:
        text = re.sub(rf"\b{re.escape(word)}\b", "*" * len(word), text, flags=re.IGNORECASE)
    print(text.rstrip("\n"))


if __name__ == "__main__":
    main()
