import sys
from decimal import Decimal
from pathlib import Path

total = Decimal("0.00")
for path in sorted(Path(sys.argv[1]).iterdir(), key=lambda p: p.name):
    if path.is_file() and path.name.endswith(".txt"):
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith("TOTAL "):
                amount = Decimal(line.split()[1])
                total += amount
                print(f"{path.name} {amount:.2f}")
print(f"sum {total:.2f}")
