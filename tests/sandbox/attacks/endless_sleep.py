"""Never end, and close everything that could be waited for."""

import os
import time

os.closerange(0, 3)
time.sleep(1000)
