import re
import sys

found = re.fullmatch(r"([0-9]{2})车([0-9]{2})([ABCDF])", sys.argv[1])
if not found:
    sys.exit(1)
where = {"A": "靠窗", "F": "靠窗", "B": "中间", "C": "过道", "D": "过道"}[found[3]]
print(f"{int(found[1])}车厢{int(found[2])}排 {where}")
