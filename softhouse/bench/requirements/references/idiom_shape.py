import sys


def main():
    if len(sys.argv) != 2 or len(sys.argv[1]) != 4:
        sys.exit("用法: main.py 词语")
    a, b, c, d = sys.argv[1]
    if a == b and c == d and a != c:
        print("AABB")
    elif a == c and b == d and a != b:
        print("ABAB")
    elif a == c and len({a, b, d}) == 3:
        print("ABAC")
    else:
        print("其他")


main()
