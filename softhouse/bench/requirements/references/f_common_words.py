import re
import sys
from collections import Counter

words = Counter(re.findall("[a-z]+", sys.stdin.read().lower()))
for word, n in sorted(words.items(), key=lambda p: (-p[1], p[0]))[:5]:
    print(word, n)
