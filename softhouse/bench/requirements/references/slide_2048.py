import sys


def slide(row: list[int]) -> list[int]:
    numbers = [number for number in row if number]
    merged: list[int] = []
    while numbers:
        number = numbers.pop(0)
        if numbers and numbers[0] == number:
            number += numbers.pop(0)
        merged.append(number)
    return merged + [0] * (len(row) - len(merged))


def main() -> None:
    for line in sys.stdin:
        print(*slide([int(word) for word in line.split()]))


if __name__ == "__main__":
    main()
