import json
import sys
from pathlib import Path

STORE = Path("votes.json")


def main() -> None:
    votes = json.loads(STORE.read_text(encoding="utf-8")) if STORE.exists() else {}
    if sys.argv[1] == "vote":
        votes[sys.argv[2]] = votes.get(sys.argv[2], 0) + 1
        STORE.write_text(json.dumps(votes), encoding="utf-8")
    elif sys.argv[1] == "result":
        for name, count in sorted(votes.items(), key=lambda item: (-item[1], item[0])):
            print(f"{name}: {count}")
        if not votes:
            print("no votes")


main()
