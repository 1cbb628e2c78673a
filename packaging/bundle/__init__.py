"""What makes the bundle: a folder that runs without Python, built by `python3 packaging/launch.py bundle`.

entry             the program's first lines inside the bundle
contents          what goes into it and what stays out
libraries         which shared libraries stay, and how they get smaller
version_resource  what Windows shows as the program's properties
release           the finished folder: the menu entry's files beside the program, and the archive
"""
