"""The first lines of the frozen program."""

import multiprocessing

if __name__ == "__main__":
    multiprocessing.freeze_support()  # before anything else: a child process must not open a second window

    import sys

    from racer_desktop.cli import main

    sys.exit(main())
