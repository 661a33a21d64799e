import sys


def encrypt(count: int, text: str) -> str:
    rails = [""] * count
    period = 2 * (count - 1)
    for i, letter in enumerate(text):
        step = i % period
        rails[min(step, period - step)] += letter
    return "".join(rails)


def main() -> None:
    print(encrypt(int(sys.argv[1]), sys.argv[2]))


if __name__ == "__main__":
    main()
