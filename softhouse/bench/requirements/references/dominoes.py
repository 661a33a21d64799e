import sys


def main() -> None:
    dominoes = [argument.split("-") for argument in sys.argv[1:]]
    for position, (left, right) in enumerate(zip(dominoes, dominoes[1:]), start=1):
        if left[1] != right[0]:
            print(f"broken after {position}")
            return
    print("chain")


if __name__ == "__main__":
    main()
