import json
import os
import sys

FILE = "coupons.json"


def fail(message):
    print(message, file=sys.stderr)
    sys.exit(1)


def save(coupons):
    with open(FILE, "w", encoding="utf-8") as file:
        json.dump(coupons, file, ensure_ascii=False)


coupons = []
if os.path.exists(FILE):
    with open(FILE, encoding="utf-8") as file:
        coupons = json.load(file)
args = sys.argv[1:]
if len(args) == 3 and args[0] == "add":
    try:
        amount = int(args[2])
    except ValueError:
        fail("金额不是整数")
    if amount <= 0:
        fail("金额必须为正")
    if any(c["code"] == args[1] for c in coupons):
        fail("券码已存在")
    coupons.append({"code": args[1], "amount": amount, "used": False})
    save(coupons)
elif len(args) == 2 and args[0] == "use":
    for c in coupons:
        if c["code"] == args[1] and not c["used"]:
            c["used"] = True
            save(coupons)
            print(f"已抵扣{c['amount']}元")
            break
    else:
        fail("没有可用的券")
elif args == ["list"]:
    for c in coupons:
        if not c["used"]:
            print(c["code"], c["amount"])
else:
    fail("用法：add 券码 金额 | use 券码 | list")
