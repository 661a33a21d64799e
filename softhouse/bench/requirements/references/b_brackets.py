import sys

pairs = {")": "(", "]": "[", "}": "{"}
stack = []
with open(sys.argv[1]) as f:
    for n, line in enumerate(f, 1):
        for ch in line:
            if ch in "([{":
                stack.append(ch)
            elif ch in pairs:
                if not stack or stack.pop() != pairs[ch]:
                    print("line", n)
                    sys.exit(1)
if stack:
    print("unclosed")
    sys.exit(1)
print("ok")
