import csv
import sys

try:
    with open(sys.argv[1], newline="", encoding="utf-8") as f:
        reader = csv.DictReader(f)
        column = sys.argv[2]
        if column not in (reader.fieldnames or []):
            sys.exit(1)
        values = [float(row[column]) for row in reader]
    print(f"{sum(values) / len(values):.2f}")
except (OSError, ValueError, IndexError, ZeroDivisionError):
    sys.exit(1)
