import os.path
import sys


def main() -> None:
    prefix = os.path.commonprefix(sys.argv[1:])
    if not prefix:
        sys.exit(1)
    print(prefix)


if __name__ == "__main__":
    main()
