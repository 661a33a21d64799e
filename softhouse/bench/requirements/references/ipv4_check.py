import sys


def is_valid(address: str) -> bool:
    parts = address.split(".")
    return len(parts) == 4 and all(
        part.isascii() and part.isdigit() and int(part) <= 255 and str(int(part)) == part for part in parts
    )


def main() -> None:
    for address in sys.stdin.read().splitlines():
        print(address, "ok" if is_valid(address) else "bad")


if __name__ == "__main__":
    main()
