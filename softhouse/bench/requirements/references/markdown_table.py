import csv
import sys


def main() -> None:
    with open(sys.argv[1], newline="", encoding="utf-8") as file:
        for number, row in enumerate(csv.reader(file)):
            print("| " + " | ".join(row) + " |")
            if number == 0:
                print("| " + " | ".join("---" for _ in row) + " |")


main()
