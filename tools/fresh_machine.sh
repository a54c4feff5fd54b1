#!/usr/bin/env bash
# Prove on a newly made Debian that `make demo` answers and `make test` passes: as root, with nothing but the base system,
# Python, git and make.
#
#   tools/fresh_machine.sh [--suite bookworm] [--only demo|test] [--test "make unit"] [--keep] [COMMIT]
#
# debootstrap makes the system in a temporary folder from the package sources that apt has on this machine; the settings of
# apt, pip and npm, proxies and certificates are taken over. A clean clone of COMMIT (HEAD) goes in. Mounts and processes
# live in namespaces of their own and end with the script, however it ends; --keep leaves the folder.
set -euo pipefail

SUITE=bookworm
ONLY=
TEST="make test"
KEEP=
COMMIT=HEAD
PROJECT="$(cd "$(dirname "$0")/.." && pwd)"
CLONE=/srv/annotator

fail() {
    echo "Error: $*" >&2
    exit 1
}

while [ $# -gt 0 ]; do
    case "$1" in
        --suite) SUITE="${2:?a suite such as bookworm}"; shift ;;
        --only) ONLY="${2:?demo or test}"; shift ;;
        --test) TEST="${2:?a command instead of make test}"; shift ;;
        --keep) KEEP=1 ;;
        -*) fail "unknown option $1; see the head of $0" ;;
        *) COMMIT="$1" ;;
    esac
    shift
done
[[ "$ONLY" =~ ^(demo|test|)$ ]] || fail "--only takes demo or test, not '$ONLY'."
[ "$(id -u)" = 0 ] || fail "debootstrap and chroot need root."

# --- outside: the folder, which is removed after everything in the namespaces has ended

if [ -z "${FRESH_MACHINE_ROOT:-}" ]; then
    COMMIT="$(git -C "$PROJECT" rev-parse --verify --quiet "$COMMIT^{commit}")" || fail "there is no such commit."
    if ! command -v debootstrap > /dev/null; then
        echo "Installing debootstrap"
        { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends debootstrap; } \
            > /dev/null || fail "debootstrap could not be installed."
    fi
    root="$(mktemp -d -t annotator-fresh-XXXXXX)"
    chmod 755 "$root"  # the root folder of the system, which servers of other users read too
    inside=
    # Killing unshare (it ignores SIGTERM) ends every process in the namespaces, and with the last of them the mounts.
    clean_up() {
        [ -z "$inside" ] || { kill -KILL "$inside" && wait "$inside"; } 2> /dev/null || true
        if [ -n "$KEEP" ]; then echo "Kept: $root"; else rm -rf --one-file-system "$root" "$root.log"; fi
    }
    trap clean_up EXIT
    trap 'exit 130' INT TERM HUP
    export FRESH_MACHINE_ROOT="$root"
    unshare --mount --propagation private --pid --fork --kill-child --ipc --uts \
        "$0" --suite "$SUITE" --test "$TEST" ${ONLY:+--only "$ONLY"} "$COMMIT" &
    inside=$!
    wait "$inside" && code=0 || code=$?
    inside=
    exit "$code"
fi

# --- inside the namespaces

ROOT="$FRESH_MACHINE_ROOT"
cd "$PROJECT"

# Print the addresses from which apt takes packages on this machine; of one suite when it is given.
mirrors() {
    # shellcheck disable=SC2016 - apt fills these in
    apt-get indextargets --format '$(SITE) $(CODENAME) $(COMPONENT)' |
        awk -v suite="${1:-}" '(suite == "" || $2 == suite) && $3 == "main" { print $1 }'
}

make_system() {
    local mirror
    mirror="$(mirrors "$SUITE")"
    mirror="${mirror:-$(mirrors)}"
    mirror="${mirror%%$'\n'*}"
    [ -n "$mirror" ] || fail "apt has no source on this machine; run apt-get update first."
    echo "== Making a $SUITE with debootstrap"
    # A suite that is later than this debootstrap is made like sid.
    local script=()
    [ -e "/usr/share/debootstrap/scripts/$SUITE" ] || script=(/usr/share/debootstrap/scripts/sid)
    debootstrap --variant=minbase --include=ca-certificates,git,make,python3 "$SUITE" "$ROOT" "$mirror" "${script[@]}" \
        > "$ROOT.log" 2>&1 ||
        { tail -n 20 "$ROOT.log" >&2; fail "debootstrap failed."; }
    mv "$ROOT.log" "$ROOT/var/log/fresh_machine.log"
}

# What lets the package managers of this machine reach their registries.
take_over_settings() {
    local path
    # Sources of another suite would not fit; debootstrap has written one.
    local sources=()
    [ -z "$(mirrors "$SUITE")" ] || sources=(/etc/apt/sources.list /etc/apt/sources.list.d)
    for path in "${sources[@]}" /etc/apt/apt.conf /etc/apt/apt.conf.d /etc/apt/auth.conf.d \
        /etc/apt/preferences.d /etc/apt/keyrings /etc/apt/trusted.gpg.d /etc/pip.conf /etc/xdg/pip /etc/npmrc \
        "$HOME/.config/pip" "$HOME/.pip" "$HOME/.npmrc" /etc/resolv.conf /etc/hosts /etc/ssl/certs \
        /usr/local/share/ca-certificates; do
        [ -e "$path" ] || continue
        mkdir -p "$ROOT$(dirname "$path")"
        rm -rf "${ROOT:?}$path"
        cp -rL "$path" "$ROOT$path"
    done
    # Hooks of programs that the new system does not have.
    rm -f "$ROOT/etc/apt/apt.conf.d/20packagekit" "$ROOT/etc/apt/apt.conf.d/50appstream"
}

mount_kernel_folders() {
    mount -t proc proc "$ROOT/proc"
    mount -t sysfs -o ro sys "$ROOT/sys"
    mount --rbind /dev "$ROOT/dev"
    mount -t tmpfs -o mode=1777 tmpfs "$ROOT/dev/shm"
}

# Run a command in the new system, in the clone, with its own environment and the settings of registries and proxies.
in_system() {
    local names
    names="$(compgen -e | grep -iE '^(pip_|npm_config_|node_extra_ca_certs$|ssl_cert|requests_ca_bundle$|curl_ca_bundle$|git_ssl_cainfo$|(https?|no|all)_proxy$)' || true)"
    local kept=()
    for name in $names; do kept+=("$name=${!name}"); done
    env -i HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 "${kept[@]}" \
        chroot "$ROOT" /bin/sh -c "cd $CLONE && exec \"\$@\"" sh "$@"
}

clone() {
    git clone --quiet --no-hardlinks --no-checkout "$PROJECT" "$ROOT$CLONE"
    git -C "$ROOT$CLONE" checkout --quiet --detach "$COMMIT"
    git -C "$ROOT$CLONE" remote remove origin
}

prove_demo() {
    local port process started=$SECONDS
    port="$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')"
    echo "== make demo"
    set -m  # a process group of its own, which SIGINT stops as Ctrl-C does
    in_system env "PORT=$port" make demo < /dev/null &
    process=$!
    set +m
    in_system python3 tools/ask_demo.py "$port" || fail "make demo does not answer."
    echo "== make demo answers after $((SECONDS - started)) s: the page, and a sign-in"
    kill -INT -- "-$process"
    wait "$process" || true
}

prove_test() {
    local started=$SECONDS
    echo "== $TEST"
    in_system sh -c "$TEST" < /dev/null || fail "$TEST fails on a new $SUITE."
    echo "== $TEST passes after $((SECONDS - started)) s"
}

make_system
take_over_settings
mount_kernel_folders
clone
[ "$ONLY" = test ] || prove_demo
[ "$ONLY" = demo ] || prove_test
tested="make demo, $TEST"
[ "$ONLY" = demo ] && tested="make demo"
[ "$ONLY" = test ] && tested="$TEST"
echo "Fresh machine: $tested passed on a new $SUITE at $(git rev-parse --short "$COMMIT")."
