import sys


def main() -> None:
    balance, percent, years = float(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3])
    if years < 1:
        sys.exit(1)
    for year in range(1, years + 1):
        balance *= 1 + percent / 100
        print(f"Year {year}: {balance:.2f}")


if __name__ == "__main__":
    main()
