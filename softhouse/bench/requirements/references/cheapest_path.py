import sys


def cheapest(rows: list[list[int]]) -> int:
    best: list[int] = []
    for row in rows:
        current: list[int] = []
        for x, number in enumerate(row):
            before = current[-1:] + best[x : x + 1]
            current.append(number + min(before, default=0))
        best = current
    return best[-1]


def main() -> None:
    with open(sys.argv[1], encoding="utf-8") as file:
        rows = [[int(word) for word in line.split()] for line in file if line.strip()]
    print(cheapest(rows))


if __name__ == "__main__":
    main()
