#!/bin/sh
# Takes out what install.sh put into the person's own folders. Experiments, settings and this folder stay.
set -eu

data=${XDG_DATA_HOME:-$HOME/.local/share}
rm -f "$data/applications/racer-desktop.desktop" \
    "$data/mime/packages/racer-desktop.xml" \
    "$data/icons/hicolor/scalable/apps/racer-desktop.svg" \
    "$data"/icons/hicolor/*/apps/racer-desktop.png

# install.sh had the desktop write down which program opens the files.
defaults=${XDG_CONFIG_HOME:-$HOME/.config}/mimeapps.list
[ ! -f "$defaults" ] || sed -i '/^application\/x-racer-desktop=racer-desktop\.desktop/d' "$defaults"

! command -v update-mime-database > /dev/null || update-mime-database "$data/mime" || true
! command -v update-desktop-database > /dev/null || update-desktop-database "$data/applications" || true
! command -v gtk-update-icon-cache > /dev/null || gtk-update-icon-cache -q -t "$data/icons/hicolor" || true

echo "Racer Desktop is out of your menu."
