#!/bin/sh
# Puts Racer Desktop into the menu of the person who runs this, and gives it their .racer files. No root needed.
# Nothing is copied but the entry, the icons and the file type: this folder has to stay where it is.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
data=${XDG_DATA_HOME:-$HOME/.local/share}

if [ -x "$here/racer-desktop" ]; then # an unpacked bundle
    set -- "$here/racer-desktop"
    icons=$here/_internal/resources/icons
else
    set -- /usr/bin/env python3 "$here/launch.py"
    icons=$here/../resources/icons
fi

# In Exec, quoted words escape " ` $ \ with a backslash, a backslash in a string is doubled, and % is written %%.
command=''
for word in "$@"; do
    word=$(printf '%s' "$word" | sed -e 's/[\\"`$]/\\&/g' -e 's/\\/\\\\/g' -e 's/%/%%/g')
    command="$command${command:+ }\"$word\""
done

mkdir -p "$data/applications" "$data/mime/packages" "$data/icons/hicolor/scalable/apps"
cp "$icons/icon.svg" "$data/icons/hicolor/scalable/apps/racer-desktop.svg"
for size in 16 22 24 32 48 64 128 256 512; do
    mkdir -p "$data/icons/hicolor/${size}x$size/apps"
    cp "$here/desktop/icons/racer-desktop-$size.png" "$data/icons/hicolor/${size}x$size/apps/racer-desktop.png"
done
cp "$here/desktop/racer-desktop.xml" "$data/mime/packages/racer-desktop.xml"
COMMAND=$command awk '
    { at = index($0, "@COMMAND@")
      if (at) print substr($0, 1, at - 1) ENVIRON["COMMAND"] substr($0, at + 9)
      else print }
' "$here/desktop/racer-desktop.desktop" > "$data/applications/racer-desktop.desktop"

# The desktop's caches; where a tool is missing, the desktop reads the files at the next login.
! command -v update-mime-database > /dev/null || update-mime-database "$data/mime" || true
! command -v update-desktop-database > /dev/null || update-desktop-database "$data/applications" || true
! command -v xdg-mime > /dev/null || xdg-mime default racer-desktop.desktop application/x-racer-desktop || true
! command -v gtk-update-icon-cache > /dev/null || gtk-update-icon-cache -q -t "$data/icons/hicolor" || true

echo "Racer Desktop is in your menu now; $here/uninstall.sh takes it out again."
