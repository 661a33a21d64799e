import sys

if len(sys.argv) < 2:
    sys.exit("usage: main.py TEXT")
keys = {}
for digit, letters in zip("23456789", "abc def ghi jkl mno pqrs tuv wxyz".split()):
    for letter in letters:
        keys[letter] = keys[letter.upper()] = digit
print("".join(keys.get(c, c) for c in sys.argv[1]))
