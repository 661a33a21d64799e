import re
import sys

SMALL = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]


def words(number: int) -> str:
    if number >= 100:
        hundreds, rest = divmod(number, 100)
        text = f"{SMALL[hundreds]} hundred"
        return f"{text} {words(rest)}" if rest else text
    if number >= 20:
        tens, ones = divmod(number, 10)
        text = TENS[tens - 2]
        return f"{text}-{SMALL[ones]}" if ones else text
    return SMALL[number]


def main() -> None:
    if len(sys.argv) != 2 or not re.fullmatch("[0-9]{1,3}", sys.argv[1]):
        sys.exit(1)
    print(words(int(sys.argv[1])))


if __name__ == "__main__":
    main()
