"""Signal everybody: the one outside that we know of, the supervisor, all at once."""

import json
import os
import signal
from pathlib import Path

facts = json.loads(Path("facts.json").read_text())
for pid in (int(facts["pid"]), -int(facts["pid"]), os.getppid(), -os.getppid(), *facts["everybody"]):
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE, signal.SIGSTOP, signal.SIGKILL):
        try:
            os.kill(pid, number)
        except OSError as error:
            print("held", pid, number, error.strerror)
print("still here")
