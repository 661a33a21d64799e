import sys
from pathlib import Path


def main() -> None:
    values: dict[str, str] = {}
    text = Path(sys.argv[1]).read_text(encoding="utf-8")
    for line in map(str.strip, text.splitlines()):
        if not line or line.startswith("#"):
            continue
        key, _, value = line.partition("=")
        if len(value) >= 2 and value.startswith('"') and value.endswith('"'):
            value = value[1:-1]
        values[key] = value
    for key in sorted(values):
        print(f"{key}: {values[key]}")


if __name__ == "__main__":
    main()
