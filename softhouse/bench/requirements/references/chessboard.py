import sys


def main() -> None:
    rows, columns = int(sys.argv[1]), int(sys.argv[2])
    for row in range(rows):
        print("".join("#."[(row + column) % 2] for column in range(columns)))


main()
