import sys

width = int(sys.argv[1])
for line in sys.stdin:
    sys.stdout.write(line.expandtabs(width))
