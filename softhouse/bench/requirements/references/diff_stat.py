import sys


def main():
    added = removed = 0
    for line in sys.stdin:
        if line.startswith("+") and not line.startswith("+++"):
            added += 1
        elif line.startswith("-") and not line.startswith("---"):
            removed += 1
    print(f"{added} added, {removed} removed")


main()
