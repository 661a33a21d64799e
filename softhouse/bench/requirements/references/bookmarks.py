import json
import sys
from pathlib import Path


def main() -> None:
    path = Path("bookmarks.json")
    links: dict[str, str] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    if sys.argv[1] == "add":
        links[sys.argv[2]] = sys.argv[3]
        path.write_text(json.dumps(links), encoding="utf-8")
    elif sys.argv[2] in links:
        print(links[sys.argv[2]])
    else:
        sys.exit(1)


if __name__ == "__main__":
    main()
