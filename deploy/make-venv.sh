#!/bin/bash
# Installs pinned Python packages into a virtual environment: make-venv.sh VENV REQUIREMENTS STAMP
set -euo pipefail
venv=$1 requirements=$2 stamp=$3
# Debian's own Python: others on the machine may be too new or too old for the pinned packages.
[ -x "$venv/bin/python" ] || /usr/bin/python3 -m venv "$venv"
# Only wheels with known hashes: what a registry delivers today may not be the file that was tested.
"$venv/bin/python" -m pip install -q --disable-pip-version-check --require-hashes --only-binary=:all: -r "$requirements"
touch "$stamp"
