import json
import os
import sys

now, best = 0, 0
if os.path.exists("streak.json"):
    with open("streak.json") as f:
        now, best = json.load(f)
now = now + 1 if sys.argv[1] == "pass" else 0
best = max(best, now)
with open("streak.json", "w") as f:
    json.dump([now, best], f)
print(now, best)
