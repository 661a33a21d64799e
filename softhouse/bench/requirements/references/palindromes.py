import sys


def is_palindrome(line: str) -> bool:
    letters = [character for character in line.lower() if character.isalnum()]
    return letters == letters[::-1]


lines = [line for line in sys.stdin.read().splitlines() if is_palindrome(line)]
print("\n".join(lines) or "没有回文")
