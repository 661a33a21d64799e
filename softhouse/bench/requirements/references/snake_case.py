import re
import sys

print(re.sub("[A-Z]", lambda found: "_" + found[0].lower(), sys.argv[1]))
