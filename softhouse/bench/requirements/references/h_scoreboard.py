import json
import os
import sys

FILE = "scores.json"
scores = {}
if os.path.exists(FILE):
    with open(FILE) as f:
        scores = json.load(f)
if sys.argv[1] == "add":
    name = sys.argv[2]
    scores[name] = scores.get(name, 0) + int(sys.argv[3])
    with open(FILE, "w") as f:
        json.dump(scores, f)
else:
    for name, points in sorted(scores.items(), key=lambda p: (-p[1], p[0])):
        print(name, points)
