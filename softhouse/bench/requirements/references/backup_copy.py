import os
import shutil
import sys

if len(sys.argv) != 2 or not os.path.isfile(sys.argv[1]):
    print("no such file", file=sys.stderr)
    sys.exit(1)
name = sys.argv[1]
number = 1
while os.path.exists(f"{name}.bak{number}"):
    number += 1
shutil.copyfile(name, f"{name}.bak{number}")
print(f"{name}.bak{number}")
