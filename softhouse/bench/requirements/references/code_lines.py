import sys
from pathlib import Path


def main() -> None:
    root = Path(sys.argv[1])
    if not root.is_dir():
        sys.exit(1)
    counts: dict[str, int] = {}
    for path in root.rglob("*.py"):
        lines = path.read_text(encoding="utf-8").splitlines()
        counts[path.relative_to(root).as_posix()] = sum(1 for line in lines if line.strip())
    for name in sorted(counts):
        print(f"{name}: {counts[name]}")
    print(f"total: {sum(counts.values())}")


if __name__ == "__main__":
    main()
