import re
import sys

NOTES = ["C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B"]

try:
    shift = int(sys.argv[1])
except (IndexError, ValueError):
    sys.exit("usage: main.py SEMITONES CHORD...")
out = []
for chord in sys.argv[2:]:
    match = re.fullmatch(r"([A-G])([#b]?)(.*)", chord)
    if not match:
        sys.exit(f"not a chord: {chord}")
    note, sign, rest = match.groups()
    place = NOTES.index(note) + {"#": 1, "b": -1, "": 0}[sign]
    out.append(NOTES[(place + shift) % 12] + rest)
print(" ".join(out))
