"""Listen for somebody from outside."""

import json
import socket
from pathlib import Path

try:
    server = socket.create_server(("0.0.0.0", json.loads(Path("facts.json").read_text())["free_port"]))
    server.settimeout(0.6)
    server.accept()
    print("BREACH somebody came in")
except OSError as error:
    print("held", error)
