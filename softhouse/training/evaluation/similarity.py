"""How alike two texts are."""


def edit_similarity(one: str, other: str) -> float:
    """1 for equal texts, 0 for texts that have nothing in common: 1 - distance / length of the longer one.

    The distance counts the characters to insert, delete or replace (Levenshtein).

    >>> edit_similarity("return x", "return y"), edit_similarity("", "")
    (0.875, 1.0)
    """
    longer = max(len(one), len(other))
    if not longer:
        return 1.0
    row = list(range(len(other) + 1))
    for number, character in enumerate(one, start=1):
        diagonal, row[0] = row[0], number
        for place, against in enumerate(other, start=1):
            diagonal, row[place] = (
                row[place],
                min(row[place] + 1, row[place - 1] + 1, diagonal + (character != against)),
            )
    return 1 - row[-1] / longer
