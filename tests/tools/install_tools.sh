#!/usr/bin/env bash
# What the tests need beside Python: a browser and a Japanese font from Debian. Installed where they are missing and we
# are root; otherwise the browser tests say why they are left out.
set -u
missing=()
command -v chromium >/dev/null || missing+=(chromium)
fc-list 2>/dev/null | grep -qi 'cjk' || missing+=(fonts-noto-cjk)
if [ ${#missing[@]} -gt 0 ]; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        echo "Installing ${missing[*]} for the browser tests …"
        apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "${missing[@]}" >/dev/null
    else
        echo "Missing for the browser tests: ${missing[*]} (sudo apt-get install ${missing[*]})"
    fi
fi
exit 0
