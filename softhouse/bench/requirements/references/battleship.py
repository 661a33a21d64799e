import sys


def is_hit(grid: list[str], shot: str) -> bool:
    row, column = int(shot[1:]) - 1, ord(shot[0]) - ord("A")
    if not (0 <= row < len(grid) and 0 <= column < len(grid[row])):
        raise ValueError(f"outside: {shot}")
    return grid[row][column] == "S"


def main() -> None:
    with open(sys.argv[1], encoding="utf-8") as file:
        grid = file.read().splitlines()
    try:
        hits = [is_hit(grid, shot) for shot in sys.argv[2:]]
    except ValueError as error:
        print(error, file=sys.stderr)
        sys.exit(1)
    for hit in hits:
        print("hit" if hit else "miss")


if __name__ == "__main__":
    main()
