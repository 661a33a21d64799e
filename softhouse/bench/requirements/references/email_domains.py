import sys


def main() -> None:
    domains = {line.strip().split("@")[1] for line in sys.stdin if "@" in line}
    for domain in sorted(domains):
        print(domain)


if __name__ == "__main__":
    main()
