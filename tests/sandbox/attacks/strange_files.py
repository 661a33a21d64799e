"""Leave files behind that break whoever looks at them."""

import os

for name in (
    b"new\nline.txt",
    b"bell\a.txt",
    b"\xff\xfe.txt",
    b"back\\slash.txt",
    b"x" * 255,
    b" ",
    "\u202egnp.txt".encode(),
):
    with open(name, "wb") as file:
        file.write(b"strange")
with open("binary.bin", "wb") as file:
    file.write(bytes(range(256)))
with open("huge.txt", "wb") as file:
    file.truncate(8 << 20)
os.mkfifo("fifo")
os.symlink("/etc/passwd", "passwd.txt")
os.symlink("loop", "loop")
with open("fine.txt", "w") as file:
    file.write("fine")
