import sys


def main() -> None:
    net, rate = float(sys.argv[1]), float(sys.argv[2])
    tax = net * rate / 100
    print(f"Net: {net:.2f}")
    print(f"Tax: {tax:.2f}")
    print(f"Gross: {net + tax:.2f}")


if __name__ == "__main__":
    main()
