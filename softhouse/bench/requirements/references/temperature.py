import sys


def main() -> None:
    number, unit = sys.argv[1][:-1], sys.argv[1][-1:]
    if unit == "C":
        print(f"{float(number) * 9 / 5 + 32:.1f}F")
    elif unit == "F":
        print(f"{(float(number) - 32) * 5 / 9:.1f}C")
    else:
        print(f"neither C nor F: {unit}", file=sys.stderr)
        sys.exit(1)


main()
