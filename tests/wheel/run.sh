#!/usr/bin/env bash
# Build the wheel, install it, and use it where the source tree cannot be found.
#
# The temporary environment borrows the dependencies of .venv through a path file. Path files inside a
# borrowed folder are not read, so the checkout installed in .venv stays invisible.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
repository=$PWD
python=$repository/.venv/bin/python

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"$python" -m build --wheel --no-isolation --outdir "$work" . >"$work/build.log" 2>&1 ||
    { cat "$work/build.log"; exit 1; }
"$python" -m venv --without-pip "$work/env"
"$python" -m pip --python "$work/env/bin/python" install --quiet --no-deps "$work"/*.whl
"$python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))' >"$(
    "$work/env/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))'
)/borrowed.pth"

cp tests/wheel/check_installed.py "$work/"
cd "$work"
env -u PYTHONPATH "$work/env/bin/python" check_installed.py "$repository"
