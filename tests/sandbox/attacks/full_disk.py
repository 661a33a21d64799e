"""Fill the disk: with many files, in every place that can be written, and with files that have no name any more."""

import os

block = os.urandom(1 << 20)
total = 0.0
kept = []
for place in (".", os.environ["TMPDIR"], "/dev/shm", "/tmp", "/var/tmp", "/toolbox", "/", "/dev"):
    number = 0
    try:
        while total < 256:
            descriptor = os.open(f"{place}/fill-{number}", os.O_WRONLY | os.O_CREAT)
            if number % 2:
                os.unlink(f"{place}/fill-{number}")
                kept.append(descriptor)
            number += 1
            for _ in range(4):
                total += os.write(descriptor, block) / (1 << 20)
    except OSError as error:
        print(place, error.strerror, number, flush=True)
print(f"wrote {total:.0f} MB")
if total > 150:
    print("BREACH")
