import sys


def main() -> None:
    try:
        weight, height = float(sys.argv[1]), float(sys.argv[2])
        if not (weight > 0 and height > 0):
            raise ValueError("体重和身高必须大于零")
    except ValueError as error:
        print(error, file=sys.stderr)
        sys.exit(1)
    print(f"{weight / height**2:.1f}")


main()
