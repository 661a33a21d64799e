import csv
import sys


def main() -> None:
    with open(sys.argv[1], newline="", encoding="utf-8") as file:
        people = sorted((-int(row["score"]), row["name"]) for row in csv.DictReader(file))
    scores = [score for score, _ in people]
    for score, name in people:
        print(f"{scores.index(score) + 1}. {name} {-score}")


main()
