#!/usr/bin/env bash
# Resolve requirements.in, -dev.in, -formats.in and -consumers.in into the pinned files, for all supported Pythons at once, and what the
# JavaScript tools need beyond the versions that their package.json names.
# Only wheels are admitted, so that installing never needs a compiler. Run it to upgrade, then look at the diff.
set -euo pipefail
cd "$(dirname "$0")/.."

scratch="$(mktemp -d)"
trap 'rm -rf "$scratch"' EXIT
PYTHON="${PYTHON:-.venv/bin/python}"
"$PYTHON" -m venv "$scratch/venv"
"$scratch/venv/bin/pip" --disable-pip-version-check --quiet install uv

compile() {
    "$scratch/venv/bin/uv" pip compile --quiet --universal --python-version 3.11 --only-binary :all: \
        --upgrade --no-header --no-annotate --output-file "$2" "$1" > /dev/null
}

echo "Resolving requirements.in"
compile requirements.in "$scratch/runtime.txt"
cp requirements.in "$scratch/requirements.in"
sed "s|^-c requirements.txt|-c $scratch/runtime.txt|" requirements-dev.in > "$scratch/development.in"
echo "Resolving requirements-dev.in"
compile "$scratch/development.in" "$scratch/development.txt"

# The same versions as above wherever a package is in both.
pin() {
    cat "$scratch/runtime.txt" "$scratch/development.txt" "${@:3}" | sort -u > "$scratch/pinned.txt"
    { grep -v '^-c ' "$1"; echo "-c $scratch/pinned.txt"; } > "$scratch/$1"
    echo "Resolving $1"
    compile "$scratch/$1" "$2"
}
pin requirements-formats.in "$scratch/formats.txt"
pin requirements-consumers.in "$scratch/consumers.txt" "$scratch/formats.txt"

# What files that are installed before pin already is not repeated.
beyond() {
    awk -F'==' 'FILENAME != last { pinned[$1]; next } !($1 in pinned)' last="${*: -1}" "$@"
}

{
    echo "# Made from requirements.in by 'make locks'. Python 3.11, 3.12 and 3.13."
    cat "$scratch/runtime.txt"
} > requirements.txt
{
    echo "# Made from requirements-dev.in by 'make locks'. Python 3.11, 3.12 and 3.13."
    echo "-r requirements.txt"
    beyond "$scratch/runtime.txt" "$scratch/development.txt"
} > requirements-dev.txt
{
    echo "# Made from requirements-formats.in by 'make locks'. Python 3.11, 3.12 and 3.13."
    echo "-r requirements.txt"
    beyond "$scratch/runtime.txt" "$scratch/formats.txt"
} > requirements-formats.txt
{
    echo "# Made from requirements-consumers.in by 'make locks'. Python 3.11, 3.12 and 3.13."
    echo "-r requirements-formats.txt"
    beyond "$scratch/runtime.txt" "$scratch/development.txt" "$scratch/formats.txt" "$scratch/consumers.txt"
} > requirements-consumers.txt
echo "Wrote requirements.txt ($(grep -c == requirements.txt) packages) and those for checking, formats, consumers"

echo "Resolving tools/javascript/package.json"
PATH="$PWD/.venv/bin:$PATH" npm update --package-lock-only --prefix tools/javascript --no-update-notifier --loglevel=error
