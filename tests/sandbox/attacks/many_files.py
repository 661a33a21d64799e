"""Make files without end, each of them empty."""

import os

number = 0
while number < 1_000_000:
    os.close(os.open(f"{number}", os.O_CREAT))
    number += 1
print("BREACH")
