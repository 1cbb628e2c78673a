"""`python -m racer_desktop`."""

import sys

from racer_desktop.cli import main

if __name__ == "__main__":
    sys.exit(main())
