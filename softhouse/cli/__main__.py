"""`python -m softhouse.cli` is the `softhouse` command."""

import sys

from softhouse.cli import main

if __name__ == "__main__":
    sys.exit(main())
