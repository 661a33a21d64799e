import sys
from datetime import datetime


def main():
    if len(sys.argv) != 2:
        sys.exit("用法: main.py YYYY-MM-DD")
    try:
        day = datetime.strptime(sys.argv[1], "%Y-%m-%d")
    except ValueError:
        sys.exit("错误: 日期不存在")
    part = "上" if day.day <= 10 else "中" if day.day <= 20 else "下"
    print(f"{day.month}月{part}旬")


main()
