import sys


def main():
    if len(sys.argv) != 3:
        sys.exit("usage: main.py SECRET GUESS")
    secret, guess = sys.argv[1:]
    if len(secret) != len(guess):
        print("different lengths")
        sys.exit(1)
    marks = ""
    for place, letter in enumerate(guess):
        if secret[place] == letter:
            marks += "+"
        elif letter in secret:
            marks += "?"
        else:
            marks += "-"
    print(marks)


main()
