#!/usr/bin/env python3
"""The one way in: sets Racer Desktop up on the first start, then opens its window.

    python3 packaging/launch.py                  open the window
    python3 packaging/launch.py FILE.racer       open the window with a file
    python3 packaging/launch.py train ...        any command of the program
    python3 packaging/launch.py test ...         run the test suite; arguments go to pytest
    python3 packaging/launch.py bundle           build a folder that runs without Python, and an archive of it

Needs nothing but Python. This file is kept readable for old versions of it, so that they get a sentence
instead of a syntax error; the work is done in `launcher/`.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - this is the check itself
    sentence = "Racer Desktop needs Python 3.11 or newer, and this is {}.{}: {}\n"
    sys.stderr.write(sentence.format(sys.version_info[0], sys.version_info[1], sys.executable))
    sys.exit(2)

from launcher.main import main

if __name__ == "__main__":
    main(sys.argv[1:])
