#!/bin/sh
# The libraries of a hub, from the kit's locks, into a new Python environment: sh deploy/libraries.sh /opt/learner-kit/venv
# Everything is checked against its hash; nothing else is fetched. Run again to renew.
set -eu
venv=${1:?"say where: sh deploy/libraries.sh /opt/learner-kit/venv"}
kit=$(cd "$(dirname "$0")/.." && pwd)
"${PYTHON:-python3}" -m venv "$venv"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# bagit has no wheel and is built by tools of the same lock: everything else first, then bagit.
awk '/^bagit==/ {skip = 1; next} /^[A-Za-z0-9]/ {skip = 0} !skip' "$kit/requirements.lock" > "$work/wheels.lock"
"$venv/bin/python" -m pip install --quiet --require-hashes --no-deps --only-binary :all: --requirement "$work/wheels.lock"
"$venv/bin/python" -m pip install --quiet --require-hashes --no-deps --no-build-isolation --requirement "$kit/requirements.lock"
"$venv/bin/python" -m pip install --quiet --require-hashes --no-deps --only-binary :all: --requirement "$kit/deploy/requirements-hub.lock"
chmod -R go+rX "$venv"
echo "The hub's libraries are in $venv."
