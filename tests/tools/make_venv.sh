#!/usr/bin/env bash
# Makes the virtual environment and installs the hashed requirements, tools included.
set -euo pipefail
venv=$1
python=${PYTHON:-python3}
command -v "$python" >/dev/null || { echo "Python 3.11, 3.12 or 3.13 is needed ($python was not found)."; exit 1; }
"$python" - <<'PY' || exit 1
import sys
if not (3, 11) <= sys.version_info[:2] <= (3, 13):
    sys.exit(f"Python 3.11, 3.12 or 3.13 is needed; this is {sys.version.split()[0]}. Use PYTHON=python3.11 make run.")
PY
if ! "$python" -c 'import venv, ensurepip' 2>/dev/null; then
    package="python$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')-venv"
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$package"
    else
        echo "Python cannot make a virtual environment here. Run: sudo apt-get install $package"
        exit 1
    fi
fi
[ -x "$venv/bin/python" ] || "$python" -m venv "$venv"
echo "Installing the packages (some minutes the first time) …"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt -r tests/requirements.txt
