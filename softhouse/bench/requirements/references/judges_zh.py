import sys

scores = sorted(float(s) for s in sys.argv[1:])
if len(scores) < 3:
    sys.exit(1)
kept = scores[1:-1]
print(f"{sum(kept) / len(kept):.2f}")
