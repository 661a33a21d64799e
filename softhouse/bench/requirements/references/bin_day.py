import sys
from datetime import date

days = (date.fromisoformat(sys.argv[1]) - date(2024, 1, 3)).days
if days < 0:
    sys.exit(1)
bins = [name for name, every in (("rubbish", 7), ("paper", 14), ("glass", 28)) if days % every == 0]
print(",".join(bins) or "none")
