import sys
from decimal import Decimal


def main() -> None:
    bill, percent, people = Decimal(sys.argv[1]), Decimal(sys.argv[2]), int(sys.argv[3])
    tip = bill * percent / 100
    total = bill + tip
    print(f"Tip: {tip:.2f}")
    print(f"Total: {total:.2f}")
    print(f"Each: {total / people:.2f}")


main()
