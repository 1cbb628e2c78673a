"""Double-click on Windows: starts Racer Desktop without a console; failures appear in a dialog."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from launcher.main import main

if __name__ == "__main__":
    main(sys.argv[1:])
