#!/bin/sh
# Double-click on macOS: starts Racer Desktop in a Terminal window.
exec python3 "$(dirname "$0")/launch.py" "$@"
