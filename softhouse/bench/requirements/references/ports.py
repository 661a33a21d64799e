import json
import os
import sys

ports = {}
if os.path.exists("ports.json"):
    with open("ports.json") as f:
        ports = json.load(f)
command, name = sys.argv[1], sys.argv[2]
if command == "get":
    if name not in ports:
        port = 8000
        while port in ports.values():
            port += 1
        ports[name] = port
    print(ports[name])
elif command == "free":
    if name not in ports:
        sys.exit(1)
    del ports[name]
with open("ports.json", "w") as f:
    json.dump(ports, f)
