import sys

settings = {}
with open(sys.argv[1], encoding="utf-8") as f:
    for line in f:
        if not line.strip() or line.startswith("#") or "=" not in line:
            continue
        name, value = line.split("=", 1)
        settings[name.strip()] = value.strip()
if sys.argv[2] not in settings:
    print("not set", file=sys.stderr)
    sys.exit(1)
print(settings[sys.argv[2]])
