import sys


def main() -> None:
    with open(sys.argv[1], encoding="utf-8") as file:
        for line in file:
            code = line.partition("#")[0].rstrip()
            if code:
                print(code)


if __name__ == "__main__":
    main()
