import csv
import sys


def main() -> None:
    with open(sys.argv[1], newline="", encoding="utf-8") as file:
        names, *rows = [row for row in csv.reader(file) if row]
    for name, *values in zip(names, *rows):
        try:
            numbers = [float(value) for value in values]
        except ValueError:
            continue
        if numbers:
            print(f"{name}: {sum(numbers) / len(numbers):.2f}")


main()
