import re
import sys


def fail(message: str) -> None:
    print(message, file=sys.stderr)
    sys.exit(1)


def key(version: str) -> list[int]:
    parts = [int(part) for part in version.split(".")]
    while parts and parts[-1] == 0:
        parts.pop()
    return parts


def main() -> None:
    if sys.argv[1:] not in ([], ["--latest"]):
        fail("usage: main.py [--latest] < VERSIONS")
    versions = [line.strip() for line in sys.stdin if line.strip()]
    for version in versions:
        if not re.fullmatch(r"[0-9]+(\.[0-9]+)*", version):
            fail(f"not a version: {version}")
    versions.sort(key=key)
    for version in versions[-1:] if sys.argv[1:] else versions:
        print(version)


main()
