import sys


def main() -> None:
    folder, _, file = sys.argv[1].rpartition("/")
    name, dot, extension = file.rpartition(".")
    if not dot:
        name, extension = file, ""
    print(f"folder: {folder or '-'}")
    print(f"name: {name}")
    print(f"extension: {extension or '-'}")


if __name__ == "__main__":
    main()
