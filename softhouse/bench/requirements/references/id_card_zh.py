import sys
from datetime import date

number = sys.argv[1] if len(sys.argv) == 2 else ""
if len(number) != 18:
    sys.exit("身份证号必须是 18 位")
try:
    born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    odd = int(number[16]) % 2
except ValueError:
    sys.exit("号码不对")
print(born.isoformat(), "男" if odd else "女")
