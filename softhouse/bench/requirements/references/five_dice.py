import sys


def main():
    args = sys.argv[1:]
    if len(args) != 5 or any(arg not in list("123456") for arg in args):
        sys.exit("error: five numbers from 1 to 6 please")
    dice = sorted(int(arg) for arg in args)
    counts = sorted((dice.count(n) for n in set(dice)), reverse=True)
    if counts[0] == 5:
        print("five of a kind")
    elif counts[0] == 4:
        print("four of a kind")
    elif counts == [3, 2]:
        print("full house")
    elif dice in ([1, 2, 3, 4, 5], [2, 3, 4, 5, 6]):
        print("straight")
    elif counts[0] == 3:
        print("three of a kind")
    else:
        print("nothing")


main()
