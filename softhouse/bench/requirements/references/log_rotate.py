import sys
from pathlib import Path


def main():
    if len(sys.argv) != 3 or not sys.argv[2].isdigit() or int(sys.argv[2]) < 1:
        sys.exit("usage: main.py FILE N")
    path, keep = Path(sys.argv[1]), int(sys.argv[2])
    if not path.is_file():
        sys.exit("error: no such file")
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    if len(lines) <= keep:
        print("nothing to do")
        return
    with open(sys.argv[1] + ".old", "a", encoding="utf-8") as old:
        old.writelines(lines[:-keep])
    path.write_text("".join(lines[-keep:]), encoding="utf-8")
    print(f"moved {len(lines) - keep} lines")


main()
