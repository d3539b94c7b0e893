#!/bin/sh
# The one door to every task: sets up what is missing, then does the task. POSIX sh, nothing needed but Python 3.11.
set -eu

usage() {
    cat <<'TEXT'
usage: ./go TASK [ARGUMENTS]

  demo [ARGS]         play the whole journey on this machine (--camera 0, --sabotage signature|list|log)
  test [ARGS]         lint, then every test with the coverage limits; with ARGS: only pytest, with these ARGS
  lint                ruff, mypy --strict and the import contracts
  bench [NAME...]     measure, each figure as a ratio to a bare library call (--list: what there is)
  soak [ARGS]         the long tests, which `test` leaves out
  machine [SCENE...]  a station in a virtual box: Debian's kernel, systemd, drivers (QEMU, root; half an hour)
  conformance [ARGS]  judge the formats with other people's libraries
  exec CMD [ARGS]     run any command inside the virtual environment
  lock [ARGS]         write the lock files anew (--upgrade takes newer releases)
  clean               remove the virtual environment and everything that was built

The first run makes .venv from lock/ and installs the Debian packages that are missing (as root or with sudo).
KAKOU_PYTHON names the Python to use; KAKOU_NO_APT=1 leaves the system's packages alone.
TEXT
}

root=$(CDPATH='' cd -P -- "$(dirname -- "$0")" && pwd)
venv=$root/.venv
python=$venv/bin/python
# Compiled modules are kept beside the packages and not in the tree. Where the surroundings forbid keeping them, every
# program that a test or the demo starts would compile its modules anew: two thirds of its start.
unset PYTHONDONTWRITEBYTECODE
export PYTHONPYCACHEPREFIX="$venv/pycache"

say() { printf 'go: %s\n' "$*" >&2; }
fail() { say "$@"; exit 1; }

# ---------------------------------------------------------------- Debian packages
# Libraries that the wheels of Qt, OpenCV and pyzbar load from the system; the xcb ones serve a real screen.
libraries='libglib2.0-0 libgl1 libegl1 libxkbcommon0 libdbus-1-3 libfontconfig1 libbrotli1 libzbar0
    libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxcb-shape0 libxcb-xkb1 libxkbcommon-x11-0
    libxcb-render-util0 libxcb-image0 libx11-xcb1 libxcb-randr0 fonts-noto-cjk'
# Programs that only tests start: a browser, a screen without a monitor, a database server, and what records the
# syncs of a process.
programs='chromium xvfb postgresql strace xdotool'

missing_packages() {
    # From Debian 13 on some libraries carry the suffix t64 (64-bit time): either name will do.
    # shellcheck disable=SC2046,SC2086,SC2016  # the lists are meant to split, the format is dpkg's
    known=$(dpkg-query -W -f '<${db:Status-Status} ${Package}>' $1 $(printf '%st64 ' $1) 2>/dev/null || true)
    missing=
    for package in $1; do
        case $known in
            *"<installed $package>"* | *"<installed ${package}t64>"*) ;;
            *) missing="$missing $package" ;;
        esac
    done
}

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

install_packages() {
    say "installing from Debian (a minute or two):$1"
    mkdir -p "$venv"
    log=$venv/kakou.apt.log
    # shellcheck disable=SC2086  # the list is meant to split
    if as_root apt-get -q -o DPkg::Lock::Timeout=300 update >"$log" 2>&1 &&
        as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 \
            install --no-install-recommends $1 >>"$log" 2>&1; then
        return 0
    fi
    tail -n 15 "$log" >&2
    return 1
}

# need_packages LIST: 0 when every Debian package of LIST is there, else it is said what to do.
need_packages() {
    [ -z "${KAKOU_NO_APT:-}" ] || return 0
    if ! command -v apt-get >/dev/null 2>&1 || ! command -v dpkg-query >/dev/null 2>&1; then
        [ -e "$venv/kakou.told" ] && return 0
        # shellcheck disable=SC2086,SC2116  # the echo brings the list onto one line
        say "this is no Debian; should something not load, these are the names there: $(echo $1)"
        [ -d "$venv" ] && : >"$venv/kakou.told"
        return 1
    fi
    missing_packages "$1"
    [ -n "$missing" ] || return 0
    if [ "$(id -u)" = 0 ] || { command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; }; then
        install_packages "$missing" && return 0
        say "apt-get failed (its last lines are above); without:$missing"
    else
        say "Debian packages are missing; run this once:"
        say "    sudo apt-get update && sudo apt-get install --no-install-recommends$missing"
    fi
    return 1
}

# need LIST: go on when the packages of LIST are there, or at least Qt, OpenCV and zbar load; end otherwise.
# A test whose program is missing says so and is skipped.
need() {
    need_packages "$1" || {
        "$python" -c 'import PySide6.QtWidgets, pyzbar.pyzbar, cv2' || fail "not without these libraries"
        say "going on: what must load does; only what needs the rest is left out"
    }
}

# ---------------------------------------------------------------- Python and its packages
find_python() {
    for candidate in ${KAKOU_PYTHON:+"$KAKOU_PYTHON"} python3 python3.14 python3.13 python3.12 python3.11; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
            found=$candidate
            return 0
        fi
    done
    return 1
}

make_venv() {
    if ! find_python; then
        need_packages python3 || true
        find_python || fail "no Python of 3.11 or newer found; install one, or name it: KAKOU_PYTHON=/path/to/python3 ./go ..."
    fi
    # Debian ships the modules venv and ensurepip in a package of their own.
    if ! "$found" -c 'import ensurepip, venv' >/dev/null 2>&1; then
        need_packages python3-venv || true
        "$found" -c 'import ensurepip, venv' >/dev/null 2>&1 ||
            fail "$found has no venv module; on Debian: sudo apt-get install python3-venv"
    fi
    say "making .venv with $("$found" -V)"
    rm -rf "$venv"
    "$found" -m venv "$venv"
}

# uv reads none of pip's settings: hand on the ones that are set, so that both ask the same place.
share_pip_settings() {
    [ -z "${PIP_INDEX_URL:-}" ] || export UV_DEFAULT_INDEX="${UV_DEFAULT_INDEX:-$PIP_INDEX_URL}"
    if [ -n "${PIP_EXTRA_INDEX_URL:-}" ]; then
        # pip takes the best match of all indexes; the hashes of the lock make that safe.
        export UV_INDEX="${UV_INDEX:-$PIP_EXTRA_INDEX_URL}" UV_INDEX_STRATEGY="${UV_INDEX_STRATEGY:-unsafe-best-match}"
    fi
    # pip parts places by spaces, uv by commas.
    [ -z "${PIP_FIND_LINKS:-}" ] || export UV_FIND_LINKS="${UV_FIND_LINKS:-$(printf %s "$PIP_FIND_LINKS" | tr -s ' ' ,)}"
    [ -z "${PIP_CERT:-}" ] || export SSL_CERT_FILE="${SSL_CERT_FILE:-$PIP_CERT}"
}

uv() {
    [ -x "$venv/bin/uv" ] || return 1
    (share_pip_settings && UV_PYTHON_DOWNLOADS=never VIRTUAL_ENV="$venv" "$venv/bin/uv" "$@")
}

pip() { "$python" -m pip --disable-pip-version-check "$@"; }

# same FILE STAMP: the stamp of the last set-up holds what FILE holds now.
same() { cmp -s "$1" "$venv/kakou.$2"; }

install_lock() {
    say "installing $(grep -c == "$1") packages from $1"
    uv pip install --quiet --require-hashes -r "$1" ||
        { say "trying with pip" && pip install --quiet --require-hashes --no-deps -r "$1"; } ||
        fail "the packages of $1 could not be installed: see the lines above; is there a way to a package index?"
}

# What an editable install depends on: the part of pyproject.toml above the tools' settings, and where we are.
project_facts() { sed '/^\[tool\.ruff\]/,$d' "$root/pyproject.toml" && printf '%s\n' "$root"; }

set_up_locked() {
    # A copied or moved tree, or a Python that is gone: begin anew.
    if ! [ -x "$python" ] || ! "$python" -c '' 2>/dev/null || [ "$(cat "$venv/kakou.root" 2>/dev/null)" != "$root" ]; then
        make_venv
        printf '%s\n' "$root" >"$venv/kakou.root"
    fi
    if ! same lock/uv.txt uv; then
        say "installing uv"
        if pip install --quiet --require-hashes -r lock/uv.txt; then
            cp lock/uv.txt "$venv/kakou.uv"
        else
            say "no uv to be had; pip will do (slower)"
        fi
    fi
    [ -z "${1:-}" ] || return 0
    if ! same lock/develop.txt develop; then
        install_lock lock/develop.txt
        cp lock/develop.txt "$venv/kakou.develop"
        cp lock/uv.txt "$venv/kakou.uv" # done without it: do not ask again
    fi
    if ! project_facts | cmp -s - "$venv/kakou.project"; then
        say "installing kakou itself (editable)"
        uv pip install --quiet --no-deps --no-build-isolation --editable "$root" ||
            pip install --quiet --no-deps --no-build-isolation --editable "$root" ||
            fail "kakou itself could not be installed: see the lines above"
        project_facts >"$venv/kakou.project"
    fi
}

# set_up [tools]: .venv holds what the lock says (or, with `tools`, uv alone). One set-up at a time.
set_up() {
    (
        cd "$root"
        if command -v flock >/dev/null 2>&1; then
            exec 9>"$root/.go.lock"
            flock 9
        fi
        set_up_locked "$@"
    )
}

activate() {
    unset PYTHONHOME
    export VIRTUAL_ENV="$venv" PATH="$venv/bin:$PATH"
}

# ---------------------------------------------------------------- tasks
lint() {
    failed=
    say "ruff" && ruff check && ruff format --check || failed="$failed ruff"
    say "mypy --strict" && mypy || failed="$failed mypy"
    say "import contracts" && lint-imports --no-logo || failed="$failed import-linter"
    [ -z "$failed" ] || fail "these complain:$failed"
}

# Without arguments: everything, two workers, coverage limits. pytest's closing line stays the last one.
tests() {
    if [ $# -gt 0 ]; then exec pytest "$@"; fi
    lint
    say "pytest"
    exec pytest --numprocesses=2 --dist=worksteal --durations=40 --durations-min=4 --cov --cov-report= --coverage-limits
}

bench() {
    if ! same lock/bench.txt bench; then
        install_lock lock/bench.txt
        cp lock/bench.txt "$venv/kakou.bench"
    fi
    exec python -m benchmarks "$@"
}

# lock [OPTIONS OF uv pip compile]: versions and hashes for every platform, and no word of where they came from.
lock() {
    for name in runtime kiosk develop bench uv conformance; do
        say "lock/$name.txt"
        case $name in
            runtime) sources=pyproject.toml ;;
            kiosk) sources='--extra kiosk pyproject.toml' ;;
            develop) sources='--group dev pyproject.toml' ;;
            bench) sources='--group dev --group bench pyproject.toml' ;;
            uv | conformance) sources=lock/$name.in ;;
        esac
        # shellcheck disable=SC2086  # the sources are meant to split
        uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
            --no-emit-index-url --no-emit-find-links --output-file "lock/$name.txt" "$@" $sources >/dev/null
    done
    if grep -n '://' lock/*.txt >&2; then fail "an address got into the lock files: see the lines above"; fi
}

clean() {
    cd "$root"
    rm -rf .venv .venv-conformance build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .coverage .go.lock
    find . -name __pycache__ -type d -prune -exec rm -rf {} +
}

task=${1:-help}
[ $# = 0 ] || shift
case $task in
    help | -h | --help) usage && exit 0 ;;
    clean) clean && exit 0 ;;
    lock) set_up tools && cd "$root" && lock "$@" && exit 0 ;;
    exec) [ $# -gt 0 ] || fail "exec what? ./go exec CMD [ARGUMENTS]" ;;
    demo | test | lint | bench | soak | machine | conformance) ;;
    *) usage >&2 && fail "no such task: $task" ;;
esac

set_up
activate
case $task in
    lint) ;;
    test | soak) need "$libraries $programs" ;;
    *) need "$libraries" ;;
esac
case $task in
    exec) exec "$@" ;; # where the caller stands
    demo) exec python -m demo "$@" ;;
esac
cd "$root"
case $task in
    lint) lint ;;
    test) tests "$@" ;;
    bench) bench "$@" ;;
    soak) exec pytest -m soak --timeout=0 tests "$@" ;;
    machine) exec python -m tests.machine "$@" ;;
    conformance) exec python -m tests.conformance "$@" ;;
esac
