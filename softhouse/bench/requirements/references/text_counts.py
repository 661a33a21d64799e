import sys
from pathlib import Path


def main() -> None:
    path = Path(sys.argv[1])
    if not path.is_file():
        print(f"没有文件 {path}", file=sys.stderr)
        sys.exit(1)
    text = path.read_text(encoding="utf-8")
    print(f"行数: {len(text.splitlines())}")
    print(f"单词数: {len(text.split())}")
    print(f"字符数: {len(text) - text.count(chr(10))}")


main()
