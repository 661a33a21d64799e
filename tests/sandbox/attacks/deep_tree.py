"""Leave a tree behind that is deeper than a path may be long, and directories that nobody may enter."""

import os

os.mkdir("locked")
with open("locked/inside.txt", "w") as file:
    file.write("locked")
os.chmod("locked", 0)
for _ in range(1100):
    os.mkdir("deep-directory")
    os.chdir("deep-directory")
