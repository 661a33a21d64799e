import sys


def main() -> None:
    sides = sorted(float(argument) for argument in sys.argv[1:4])
    if sides[0] + sides[1] <= sides[2]:
        sys.exit(1)
    names = {1: "equilateral", 2: "isosceles", 3: "scalene"}
    print(names[len(set(sides))])


if __name__ == "__main__":
    main()
