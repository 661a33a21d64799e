import sys
from pathlib import Path


def main():
    if len(sys.argv) != 2 or not Path(sys.argv[1]).is_file():
        sys.exit("error: no such file")
    cheapest, lowest = None, None
    for line in Path(sys.argv[1]).read_text(encoding="utf-8").splitlines():
        if not line.strip():
            continue
        name, price, grams = line.rsplit(maxsplit=2)
        value = float(price) * 100 / float(grams)
        print(f"{name}: {value:.2f}")
        if lowest is None or value < lowest:
            cheapest, lowest = name, value
    if cheapest is not None:
        print(f"cheapest: {cheapest}")


main()
