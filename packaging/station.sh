#!/bin/sh
# Makes a station of this Debian (12 or newer): libraries, the program in /opt/kakou, its user, its unit. Run as root, as
# often as you like; what is there already is kept, data and settings above all.
set -eu

usage() {
    echo "usage: station.sh WHEEL [framebuffer]" >&2
    echo "  WHEEL        kakou-*.whl, made by: ./go exec pip wheel --no-deps --no-build-isolation -w dist ." >&2
    echo "  framebuffer  this box has no desktop: paint on the screen itself" >&2
    exit 2
}

[ $# -ge 1 ] && [ -f "$1" ] || usage
wheel=$1
screen=${2:-desktop}
case $screen in desktop | framebuffer) ;; *) usage ;; esac
here=$(CDPATH='' cd -P -- "$(dirname -- "$0")" && pwd)
opt=/opt/kakou

# ./go has the same list (tests/test_packaging.py compares them).
libraries='libglib2.0-0 libgl1 libegl1 libxkbcommon0 libdbus-1-3 libfontconfig1 libbrotli1 libzbar0
    libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxcb-shape0 libxcb-xkb1 libxkbcommon-x11-0
    libxcb-render-util0 libxcb-image0 libx11-xcb1 libxcb-randr0 fonts-noto-cjk'
# alsa-utils plays the sounds; xkb-data names the keys of keyboards.
# shellcheck disable=SC2086  # the list is meant to split
DEBIAN_FRONTEND=noninteractive apt-get -q -y install --no-install-recommends \
    python3 python3-venv alsa-utils xkb-data $libraries

systemd-sysusers "$here/sysusers/kakou-station.conf"
install -d -o kakou -g kakou -m 0700 /var/lib/kakou-station

[ -x $opt/.venv/bin/python ] || python3 -m venv $opt/.venv
if ! cmp -s "$here/../lock/kiosk.txt" $opt/kiosk.txt; then
    $opt/.venv/bin/pip install --quiet --no-deps --require-hashes -r "$here/../lock/kiosk.txt"
    cp "$here/../lock/kiosk.txt" $opt/kiosk.txt
fi
$opt/.venv/bin/pip install --quiet --no-deps --no-index --force-reinstall "$wheel"

install -m 0644 "$here/udev/60-kakou-station.rules" /etc/udev/rules.d/
install -m 0644 "$here/systemd/kakou-station.service" /etc/systemd/system/
dropin=/etc/systemd/system/kakou-station.service.d
rm -f $dropin/framebuffer.conf
if [ "$screen" = framebuffer ]; then
    install -d $dropin
    install -m 0644 "$here/systemd/kakou-station-framebuffer.conf" $dropin/framebuffer.conf
fi
if [ -d /run/systemd/system ]; then
    systemctl daemon-reload
    udevadm control --reload
    udevadm trigger --subsystem-match=gpio
fi
systemctl --quiet enable kakou-station.service
[ ! -d /run/systemd/system ] || systemctl try-restart kakou-station.service
