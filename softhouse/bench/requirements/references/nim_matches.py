import json
import sys
from pathlib import Path

state = Path("nim.json")
if sys.argv[1] == "new":
    heaps, player = [int(n) for n in sys.argv[2:]], 1
else:
    heaps, player = json.loads(state.read_text())
    heap, count = int(sys.argv[2]) - 1, int(sys.argv[3])
    if not 0 <= heap < len(heaps) or not 1 <= count <= heaps[heap]:
        sys.exit(1)
    heaps[heap] -= count
    if not any(heaps):
        print(f"player {player} wins")
        state.write_text(json.dumps([heaps, player]))
        sys.exit(0)
    player = 3 - player
print(*heaps)
state.write_text(json.dumps([heaps, player]))
