import sys

words = sys.argv[1:]
if len(words) < 2:
    print("give at least two words", file=sys.stderr)
    sys.exit(1)
for before, word in zip(words, words[1:]):
    if before[-1:].lower() != word[:1].lower():
        print("no:", word)
        break
else:
    print("yes")
