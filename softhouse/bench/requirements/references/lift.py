import sys
from pathlib import Path

state = Path("lift_floor.txt")
now = int(state.read_text()) if state.exists() else 0
wanted = sys.argv[1] if len(sys.argv) == 2 else ""
if len(wanted) != 1 or wanted not in "0123456789":
    sys.exit(1)
target = int(wanted)
if target > now:
    print("up", target - now)
elif target < now:
    print("down", now - target)
else:
    print("already here")
state.write_text(str(target))
