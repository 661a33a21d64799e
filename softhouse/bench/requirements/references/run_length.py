import re
import sys
from itertools import groupby


def main() -> None:
    command, text = sys.argv[1:3]
    if command == "encode":
        print("".join(f"{len(list(run))}{letter}" for letter, run in groupby(text)))
    elif command == "decode":
        if not re.fullmatch(r"(\d+[^\W\d_])*", text):
            print("cannot be decoded", file=sys.stderr)
            sys.exit(1)
        print("".join(int(count) * letter for count, letter in re.findall(r"(\d+)(\D)", text)))


main()
