import sys
from datetime import datetime

sys.stdout.reconfigure(encoding="utf-8")
try:
    d = datetime.strptime(sys.argv[1], "%Y-%m-%d")
except (ValueError, IndexError):
    sys.exit(1)
print("星期" + "一二三四五六日"[d.weekday()])
print(d.timetuple().tm_yday)
