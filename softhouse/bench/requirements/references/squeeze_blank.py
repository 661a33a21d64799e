import sys


def main() -> None:
    printed = waiting = False
    for line in sys.stdin.read().splitlines():
        if not line:
            waiting = printed
            continue
        if waiting:
            print()
        print(line)
        printed, waiting = True, False


main()
