"""Take as much memory as there is, with forty children that each take little."""

import os
import time

for _ in range(40):
    if os.fork() == 0:
        hoard = bytearray(b"x") * (20 << 20)
        time.sleep(20)
        os._exit(0)
time.sleep(20)
print("BREACH", 40 * 20, "MB")
