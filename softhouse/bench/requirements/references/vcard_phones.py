import sys
from pathlib import Path


def main():
    if len(sys.argv) != 2 or not Path(sys.argv[1]).is_file():
        sys.exit("usage: main.py FILE")
    name, numbers = "", []
    for line in Path(sys.argv[1]).read_text(encoding="utf-8").splitlines():
        line = line.strip()
        if line == "BEGIN:VCARD":
            name, numbers = "", []
        elif line.startswith("FN:"):
            name = line[3:].strip()
        elif line.startswith("TEL:"):
            numbers.append(line[4:].strip())
        elif line == "END:VCARD":
            print(f"{name}: {', '.join(numbers) or 'none'}")


main()
