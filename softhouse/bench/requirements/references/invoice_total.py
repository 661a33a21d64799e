import csv
import sys


def main() -> None:
    total = 0.0
    with open(sys.argv[1], encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            amount = int(row["quantity"]) * float(row["price"])
            total += amount
            print(f"{row['item']}: {amount:.2f}")
    print(f"Total: {total:.2f}")


if __name__ == "__main__":
    main()
