import sys

UNITS = ["B", "KB", "MB", "GB"]


def main() -> None:
    size = float(sys.argv[1])
    unit = 0
    while size >= 1024 and unit < len(UNITS) - 1:
        size /= 1024
        unit += 1
    print(f"{size:.1f} {UNITS[unit]}")


main()
