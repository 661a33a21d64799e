import sys


def main() -> None:
    parts = sys.argv[1].split(".")
    if len(parts) != 4 or not all(part.isdecimal() and int(part) <= 255 for part in parts):
        sys.exit(1)
    print(".".join(f"{int(part):08b}" for part in parts))


if __name__ == "__main__":
    main()
