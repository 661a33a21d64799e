import sys


def main() -> None:
    try:
        seconds = int(sys.argv[1])
        if seconds < 0:
            raise ValueError("the seconds must not be negative")
    except ValueError as error:
        print(error, file=sys.stderr)
        sys.exit(1)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    print(f"{hours}:{minutes:02}:{seconds:02}")


main()
