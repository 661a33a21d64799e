import sys


def main() -> None:
    for directory in dict.fromkeys(sys.argv[1].split(":")):
        if directory:
            print(directory)


if __name__ == "__main__":
    main()
