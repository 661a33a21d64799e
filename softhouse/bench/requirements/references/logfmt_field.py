import re
import sys

key = sys.argv[1]
found = False
for line in sys.stdin:
    for k, quoted, plain in re.findall(r'([^\s=]+)=(?:"([^"]*)"|(\S*))', line.strip()):
        if k == key:
            print(quoted or plain)
            found = True
            break
if not found:
    sys.exit(1)
