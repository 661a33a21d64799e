import sys


def main():
    lines = sys.stdin.read().splitlines()
    begun = ""
    for number, line in enumerate(lines):
        if line.endswith("-") and number < len(lines) - 1:
            begun += line[:-1]
        else:
            print(begun + line)
            begun = ""


main()
