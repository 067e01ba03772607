#!/bin/sh
# Installs what is missing and builds: Debian packages (as root or through sudo), npm packages, dist/. Does nothing slow
# where all is in place, so every npm script may begin with it. Needs only sh and Node. `setup.sh test` also installs what
# only the tests use, `setup.sh long` what only the long tests use.
set -eu
cd "$(dirname "$0")/.."

fail() {
  echo "setup: $*" >&2
  exit 1
}

command -v node >/dev/null 2>&1 || fail "Node.js not found: install Node 20.19 or newer"
node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' ||
  fail "Node.js must be at least 20.19, found $(node --version)"

# A tool that an environment variable names (src/toolchain/tools.ts) need not be installed.
missing=""
need() { # package, variable's value, command
  [ -n "$2" ] || command -v "$3" >/dev/null 2>&1 || missing="$missing $1"
}
need verilator "${FLEXOR_VERILATOR:-}" verilator
need g++ "${FLEXOR_CXX:-}" g++
need iverilog "${FLEXOR_IVERILOG:-}" iverilog
need python3 "" python3
if [ "${1:-}" = test ] || [ "${1:-}" = long ]; then
  need chromium "${FLEXOR_CHROMIUM:-}" chromium
  need nextpnr-ice40 "${FLEXOR_NEXTPNR:-}" nextpnr-ice40
  need make "" make
  need tcl "" tclsh
fi
if [ "${1:-}" = long ]; then
  need zsh "" zsh
  need fish "" fish
  need slurm-wlm "" slurmctld
  for package in torch pip setuptools; do
    [ -n "${FLEXOR_PYTHON:-}" ] || [ -e "/usr/lib/python3/dist-packages/$package" ] || missing="$missing python3-$package"
  done
fi
# FST traces are compressed with zlib.
[ -e /usr/include/zlib.h ] || missing="$missing zlib1g-dev"

# Sets as_root to what lets a command install packages; fails where nothing does.
find_root() {
  if [ "$(id -u)" -eq 0 ]; then
    as_root=""
  elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
    as_root="sudo -n"
  else
    return 1
  fi
}

# Installs packages; the package lists of a fresh machine may be empty or old.
install_packages() {
  install="$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends"
  $install "$@" >/dev/null 2>&1 || {
    $as_root apt-get update -q >&2
    $install "$@" >&2
  }
}

if [ -n "$missing" ]; then
  command -v apt-get >/dev/null 2>&1 || fail "missing:$missing; install these (names of Debian packages) by hand"
  find_root || fail "missing Debian packages and no right to install them; run: apt-get install$missing"
  echo "setup: installing$missing" >&2
  # shellcheck disable=SC2086
  install_packages $missing || fail "could not install$missing; run: apt-get install$missing"
fi

# The version of oneDNN that apt would install; nothing where it knows none.
offered_one_dnn() {
  LC_ALL=C apt-cache policy libdnnl-dev 2>/dev/null | sed -n 's/^ *Candidate: *\([0-9].*\)/\1/p'
}

# Installs oneDNN 2 where apt offers it: src/toolchain/native.ts refuses 3, whose interface is another.
install_one_dnn() {
  [ -n "$(offered_one_dnn)" ] || $as_root apt-get update -q >&2 || true
  case "$(offered_one_dnn)" in
  2.*) echo "setup: installing libdnnl-dev (optional)" >&2 && install_packages libdnnl-dev ;;
  *) false ;;
  esac
}

# For the native training engine: tried once, and no error where it cannot be had.
tried=build/oneDNN-tried
if [ ! -e /usr/include/dnnl.hpp ] && [ ! -e $tried ] && command -v apt-get >/dev/null 2>&1 && find_root; then
  install_one_dnn || echo "setup: no oneDNN 2 to install (libdnnl-dev); training runs on another engine; remove $tried to try again" >&2
  mkdir -p build
  echo "tried to install libdnnl-dev; remove this file to try again" >$tried
fi

if ! node scripts/dependencies-current.js; then
  echo "setup: npm ci" >&2
  npm ci --no-audit --no-fund >&2
fi

npm run --silent build
# What cannot be built is told and left out: training and simulation have other ways, which are slower.
node lib/flexor.js build-native >/dev/null || true
