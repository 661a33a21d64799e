"""Plant hooks and configuration for the git that runs outside, and something for the house's own directory."""

import os

for directory in (".git/hooks", ".GIT/hooks", "sub/.git/hooks", ".softhouse", "sub/.Softhouse"):
    os.makedirs(directory)
    for name in ("pre-commit", "config", "journal.db"):
        path = f"{directory}/{name}"
        with open(path, "w") as file:
            file.write("#!/bin/sh\ntouch /tmp/breach\n")
        os.chmod(path, 0o755)
with open(".git/config", "w") as file:
    file.write("[core]\n\tfsmonitor = touch /tmp/breach\n")
with open("sub/.git.txt", "w") as file:
    file.write("harmless")
