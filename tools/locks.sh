#!/usr/bin/env bash
# Compile each requirements*.in into a complete list of pinned packages with their hashes, for Python 3.11 to 3.13 on all
# platforms at once, and the JavaScript tools into package-lock.json.
#
#   locks.sh            after a change of a .in file: versions stay where they fit
#   locks.sh --upgrade  the newest versions that fit
#
# Only wheels are admitted, so that installing never needs a compiler. Look at the diff before you commit it.
set -euo pipefail
cd "$(dirname "$0")/.."

UV=uv==0.13.9
TOOL=.cache/locks
PYTHON="${PYTHON:-.venv/bin/python}"
UPGRADE=()
[ "${1:-}" = --upgrade ] && UPGRADE=(--upgrade)

if ! "$TOOL/bin/python" -m pip list --format=freeze --disable-pip-version-check 2> /dev/null | grep -qx "$UV"; then
    rm -rf "$TOOL"
    "$PYTHON" -m venv "$TOOL"
    "$TOOL/bin/python" -m pip install --disable-pip-version-check --quiet "$UV"
fi

# Each file holds all that its environment needs: the same versions as the files that it names with -c.
compile() {
    echo "Compiling $1.in"
    "$TOOL/bin/uv" pip compile --quiet --universal --python-version 3.11 --only-binary :all: --generate-hashes \
        --no-emit-index-url --no-annotate --custom-compile-command "make locks" "${UPGRADE[@]}" "${@:2}" \
        --output-file "$1.txt" "$1.in" > /dev/null
}

compile requirements
compile requirements-test
compile requirements-dev
compile requirements-formats
compile requirements-consumers --excludes requirements-consumers-excluded.in

echo "Compiling tools/javascript/package.json"
npm_command=install
[ ${#UPGRADE[@]} = 0 ] || npm_command=update
PATH="$PWD/.venv/bin:$PATH" npm "$npm_command" --package-lock-only --ignore-scripts --prefix tools/javascript --no-update-notifier \
    --no-audit --no-fund --loglevel=error
