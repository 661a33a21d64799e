import hashlib
import sys
from pathlib import Path


def main() -> None:
    path, expected = sys.argv[1:3]
    actual = hashlib.sha256(Path(path).read_bytes()).hexdigest()
    if actual != expected.lower():
        print("MISMATCH")
        sys.exit(1)
    print("OK")


if __name__ == "__main__":
    main()
