import math
import sys


def main() -> None:
    distance = float(sys.argv[1])
    if distance <= 0:
        sys.exit(1)
    fare = 10 + 2 * max(0, math.ceil(distance - 3))
    print(f"车费: {fare} 元")


if __name__ == "__main__":
    main()
