import re
import sys


def fail(message: str) -> None:
    print(message, file=sys.stderr)
    sys.exit(1)


def main() -> None:
    if len(sys.argv) != 3:
        fail("usage: main.py HH:MM MINUTES")
    time, minutes = sys.argv[1:]
    found = re.fullmatch(r"([0-9]{2}):([0-9]{2})", time)
    if not found or int(found[1]) > 23 or int(found[2]) > 59:
        fail(f"not a time: {time}")
    if not re.fullmatch(r"[+-]?[0-9]+", minutes):
        fail(f"not a number of minutes: {minutes}")
    hour, minute = divmod((int(found[1]) * 60 + int(found[2]) + int(minutes)) % (24 * 60), 60)
    print(f"{hour:02}:{minute:02}")


main()
