import sys


def main() -> None:
    rows = [[int(word) for word in line.split()] for line in sys.stdin if line.strip()]
    size = len(rows)
    if any(len(row) != size for row in rows):
        sys.exit(1)
    sums = {sum(row) for row in rows}
    sums |= {sum(column) for column in zip(*rows, strict=True)}
    sums.add(sum(rows[i][i] for i in range(size)))
    sums.add(sum(rows[i][size - 1 - i] for i in range(size)))
    print(sums.pop() if len(sums) == 1 else "not magic")


if __name__ == "__main__":
    main()
