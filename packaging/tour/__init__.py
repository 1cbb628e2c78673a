"""The program as a person meets it: a real window, real clicks and keys. Standard library only.

desktop   a screen with a window manager, and a hand on its mouse and keyboard
journey   what the hand does: start, drive, save, load, close
"""
