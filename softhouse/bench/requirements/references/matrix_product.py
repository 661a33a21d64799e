import sys

Matrix = list[list[int]]


def read_matrix(path: str) -> Matrix:
    with open(path, encoding="utf-8") as file:
        return [[int(number) for number in line.split()] for line in file if line.strip()]


def multiply(left: Matrix, right: Matrix) -> Matrix:
    columns = list(zip(*right, strict=True))
    return [[sum(a * b for a, b in zip(row, column, strict=True)) for column in columns] for row in left]


def main() -> None:
    left, right = read_matrix(sys.argv[1]), read_matrix(sys.argv[2])
    if any(len(row) != len(right) for row in left):
        print("the sizes do not fit", file=sys.stderr)
        sys.exit(2)
    for row in multiply(left, right):
        print(*row)


if __name__ == "__main__":
    main()
