import json
import sys
from pathlib import Path

state = Path("ping_pong.json")
score = json.loads(state.read_text()) if state.exists() else {"a": 0, "b": 0}
who = sys.argv[1]
other = "b" if who == "a" else "a"
score[who] += 1
shown = f"{score['a']}:{score['b']}"
if score[who] >= 5 and score[who] - score[other] >= 2:
    print(f"{who} wins {shown}")
    score = {"a": 0, "b": 0}
else:
    print(shown)
state.write_text(json.dumps(score))
