import sys


def main() -> None:
    try:
        amount = float(sys.argv[1])
    except ValueError:
        sys.exit(1)
    if amount < 0:
        sys.exit(1)
    cost = min(amount, 200) * 0.5
    cost += max(min(amount, 400) - 200, 0) * 0.6
    cost += max(amount - 400, 0) * 0.8
    print(f"{cost:.2f}")


if __name__ == "__main__":
    main()
