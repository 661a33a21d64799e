import json
import sys
from pathlib import Path

STORE = Path("recipes.json")


def load() -> dict[str, list[str]]:
    return json.loads(STORE.read_text(encoding="utf-8")) if STORE.exists() else {}


def main() -> None:
    command, name, recipes = sys.argv[1], sys.argv[2], load()
    if command == "add":
        recipes.setdefault(name, []).append(sys.argv[3])
        STORE.write_text(json.dumps(recipes), encoding="utf-8")
    elif command == "show":
        if name not in recipes:
            sys.exit(1)
        for ingredient in recipes[name]:
            print(ingredient)
    elif command == "with":
        for recipe in sorted(recipes):
            if name in recipes[recipe]:
                print(recipe)


if __name__ == "__main__":
    main()
