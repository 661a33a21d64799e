import sys

for line in sys.stdin:
    if line.strip():
        word, number = line.split()
        print(word, "#" * int(number))
