import sys
from pathlib import Path

state = Path("wrong_codes.txt")
wrong = int(state.read_text()) if state.exists() else 0
word = sys.argv[1]
if word == "reset":
    state.write_text("0")
elif wrong >= 3:
    print("blocked")
    sys.exit(1)
elif word == "2580":
    print("open")
    state.write_text("0")
else:
    print("wrong")
    state.write_text(str(wrong + 1))
