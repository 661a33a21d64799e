import sys


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: main.py TEXT")
    print(sys.argv[1].translate(str.maketrans("aeiotAEIOT", "4310743107")))


main()
