@echo off
rem Double-click: starts Racer Desktop with the Python of the py launcher; a failure stays readable.
py -3 "%~dp0launch.py" %*
if errorlevel 1 pause
