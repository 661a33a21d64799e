import sys
from urllib.parse import urlsplit


def main() -> None:
    parts = urlsplit(sys.argv[1])
    print(f"scheme: {parts.scheme}")
    print(f"host: {parts.hostname}")
    if parts.port is not None:
        print(f"port: {parts.port}")
    print(f"path: {parts.path or '/'}")


if __name__ == "__main__":
    main()
