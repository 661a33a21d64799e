"""Take memory that is mapped shared, so that it is nobody's own."""

import mmap
import os
import time

for _ in range(20):
    if os.fork() == 0:
        hoard = mmap.mmap(-1, 32 << 20)
        for at in range(0, len(hoard), 4096):
            hoard[at] = 1
        time.sleep(20)
        os._exit(0)
time.sleep(20)
print("BREACH", 20 * 32, "MB")
