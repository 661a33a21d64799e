import sys
from urllib.parse import parse_qsl, urlsplit


def main() -> None:
    query = urlsplit(sys.argv[1]).query
    if not query:
        print("no query string", file=sys.stderr)
        sys.exit(1)
    for name, value in parse_qsl(query, keep_blank_values=True):
        print(f"{name}={value}")


main()
