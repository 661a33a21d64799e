import statistics
import sys


def main() -> None:
    numbers = [float(word) for word in sys.stdin.read().split()]
    if not numbers:
        print("没有数字", file=sys.stderr)
        sys.exit(1)
    print(f"最小值: {min(numbers):.2f}")
    print(f"最大值: {max(numbers):.2f}")
    print(f"平均值: {statistics.mean(numbers):.2f}")
    print(f"中位数: {statistics.median(numbers):.2f}")


main()
