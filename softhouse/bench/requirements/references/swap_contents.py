import sys
from pathlib import Path


def main():
    if len(sys.argv) != 3:
        sys.exit("usage: main.py A B")
    a, b = Path(sys.argv[1]), Path(sys.argv[2])
    if not a.is_file() or not b.is_file():
        sys.exit("error: no such file")
    first, second = a.read_bytes(), b.read_bytes()
    a.write_bytes(second)
    b.write_bytes(first)
    print(f"swapped {sys.argv[1]} and {sys.argv[2]}")


main()
