import json
import sys
from pathlib import Path

STORE = Path("card.json")


def main():
    args = sys.argv[1:]
    balance = json.loads(STORE.read_text(encoding="utf-8"))["balance"] if STORE.exists() else 0
    if len(args) == 2 and args[0] == "充值" and args[1].isdecimal() and int(args[1]) > 0:
        balance += int(args[1])
    elif args == ["乘车"]:
        if balance < 2:
            print("余额不足")
            sys.exit(1)
        balance -= 2
    else:
        sys.exit("用法: main.py 充值 N | 乘车")
    STORE.write_text(json.dumps({"balance": balance}), encoding="utf-8")
    print(f"余额: {balance} 元")


main()
