import sys


def main():
    if len(sys.argv) != 2 or not sys.argv[1].isdecimal() or int(sys.argv[1]) < 1:
        sys.exit("error: a positive whole number please")
    count = 0
    for c in range(1, int(sys.argv[1]) + 1):
        for a in range(1, c):
            for b in range(a + 1, c):
                if a * a + b * b == c * c:
                    print(a, b, c)
                    count += 1
    print(f"triangles: {count}")


main()
