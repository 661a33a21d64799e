import sys

NUMERALS = {
    "M": 1000,
    "CM": 900,
    "D": 500,
    "CD": 400,
    "C": 100,
    "XC": 90,
    "L": 50,
    "XL": 40,
    "X": 10,
    "IX": 9,
    "V": 5,
    "IV": 4,
    "I": 1,
}


def to_roman(number: int) -> str:
    text = ""
    for numeral, value in NUMERALS.items():
        text += numeral * (number // value)
        number %= value
    return text


def main() -> None:
    known = {to_roman(number): number for number in range(1, 4000)}
    argument = sys.argv[1]
    if argument in known:
        print(known[argument])
    elif argument.isdigit() and 1 <= int(argument) <= 3999:
        print(to_roman(int(argument)))
    else:
        print("neither an integer from 1 to 3999 nor a Roman numeral", file=sys.stderr)
        sys.exit(1)


main()
