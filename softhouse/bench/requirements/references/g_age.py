import sys
from datetime import datetime

try:
    born, day = (datetime.strptime(a, "%Y-%m-%d").date() for a in sys.argv[1:3])
except ValueError:
    sys.exit(1)
if day < born:
    sys.exit(1)
print(day.year - born.year - ((day.month, day.day) < (born.month, born.day)))
