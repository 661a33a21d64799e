import sys


def main() -> None:
    count = 0
    for line in sys.stdin:
        name, score = line.split()
        if int(score) >= 60:
            print(name)
            count += 1
    print(f"及格: {count}")


if __name__ == "__main__":
    main()
