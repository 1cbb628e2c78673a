"""What `packaging/launch.py` does: set up `.venv`, check the system, start the program. Standard library only.

main         which command was meant, and what it needs
environment  the virtual environment: made, filled from the lock files, repaired
system       what Qt and the source package need from the operating system, and how to get it
progress     showing how far a long command is
messages     telling the person, on a terminal or without one
"""
