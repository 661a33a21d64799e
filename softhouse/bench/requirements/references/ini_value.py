import configparser
import sys


def main() -> None:
    parser = configparser.ConfigParser(interpolation=None)
    with open(sys.argv[1], encoding="utf-8") as file:
        parser.read_file(file)
    if len(sys.argv) == 2:
        for section in parser.sections():
            print(section)
        return
    try:
        print(parser[sys.argv[2]][sys.argv[3]])
    except KeyError as error:
        print(f"there is no {error}", file=sys.stderr)
        sys.exit(1)


main()
