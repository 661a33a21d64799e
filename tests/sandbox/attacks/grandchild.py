"""Leave somebody behind: in a session of its own, nobody's child, holding nothing open."""

import contextlib
import os
import time

if os.fork() == 0:
    with contextlib.suppress(OSError):
        os.setsid()
    if os.fork() == 0:
        os.closerange(0, 3)
        with contextlib.suppress(OSError):
            os.setpgid(0, 0)
        time.sleep(60)
    os._exit(0)
print("gone")
