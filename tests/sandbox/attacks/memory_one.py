"""Take as much memory as there is, alone."""

hoard: list[bytearray] = []
while len(hoard) < 512:
    hoard.append(bytearray(b"x") * (16 << 20))
    print((len(hoard) * 16), flush=True)
print("BREACH 8 GB")
