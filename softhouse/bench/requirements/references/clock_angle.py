import sys


def main() -> None:
    hours, minutes = (int(part) for part in sys.argv[1].split(":"))
    if not (0 <= hours < 24 and 0 <= minutes < 60):
        sys.exit(1)
    difference = abs(hours % 12 * 30 + minutes * 0.5 - minutes * 6)
    print(f"{min(difference, 360 - difference):.1f}")


if __name__ == "__main__":
    main()
