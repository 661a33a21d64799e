import re
import sys

m = re.fullmatch(r"([0-9]{2}):([0-9]{2})", sys.argv[1]) if len(sys.argv) == 2 else None
if not m or int(m[1]) > 23 or int(m[2]) > 59:
    sys.exit(1)
print("子丑寅卯辰巳午未申酉戌亥"[(int(m[1]) + 1) // 2 % 12] + "时")
