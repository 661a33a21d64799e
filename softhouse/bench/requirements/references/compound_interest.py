import sys


def main() -> None:
    try:
        balance, rate, years = float(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3])
    except ValueError:
        sys.exit(1)
    for year in range(1, years + 1):
        balance *= 1 + rate / 100
        print(f"{year}: {balance:.2f}")


if __name__ == "__main__":
    main()
