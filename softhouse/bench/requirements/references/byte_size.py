import re
import sys

FACTORS = {"": 1, "K": 1024, "M": 1024**2, "G": 1024**3}


def main() -> None:
    match = re.fullmatch(r"([0-9]+)([KMG]?)", sys.argv[1].upper())
    if match is None:
        sys.exit(1)
    print(int(match[1]) * FACTORS[match[2]])


if __name__ == "__main__":
    main()
