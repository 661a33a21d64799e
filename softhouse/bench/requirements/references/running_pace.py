import math
import sys
from decimal import Decimal, InvalidOperation

try:
    distance = Decimal(sys.argv[1])
    hours, minutes, seconds = (int(part) for part in sys.argv[2].split(":"))
except (IndexError, ValueError, InvalidOperation):
    sys.exit("usage: main.py KM H:MM:SS")
if not distance.is_finite() or distance <= 0:
    sys.exit("the distance must be above zero")
pace = math.floor((hours * 3600 + minutes * 60 + seconds) / distance)
print(f"{pace // 60}:{pace % 60:02d}")
