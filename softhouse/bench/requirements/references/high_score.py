import json
import sys
from pathlib import Path


def main() -> None:
    path = Path("scores.json")
    scores: dict[str, int] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    if sys.argv[1] == "score":
        name, points = sys.argv[2], int(sys.argv[3])
        scores[name] = max(points, scores.get(name, points))
        path.write_text(json.dumps(scores), encoding="utf-8")
    else:
        for name, points in sorted(scores.items(), key=lambda item: -item[1]):
            print(f"{name}: {points}")


if __name__ == "__main__":
    main()
