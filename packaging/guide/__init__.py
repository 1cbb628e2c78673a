"""Pictures for the help pages and the README, made by the program itself. `packaging/pictures.py` is the command.

school    trains a brain and keeps it at several ages
drives    lets these brains drive and dream, and records what happens; the last module that knows JAX
canvas    a picture under work: colours, letters, arrows, and how it becomes a small file
chart     curves with axes
figures   the beginner's guide's pictures, painted from what was recorded
window    the window as a person sees it
film      one lap as a GIF
"""
