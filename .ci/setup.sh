# Sourced by tests/run, bench/run and .ci/run: installs the Debian packages that are missing, configures and builds.
# shellcheck shell=bash
set -euo pipefail
me=${me:-$0}
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

say() { printf '%s: %s\n' "$me" "$*"; }
die() {
  printf '%s: %s\n' "$me" "$*" >&2
  exit 1
}

kBuildPackages="cmake ninja-build g++ ccache clang-19 llvm-19-dev libxxhash-dev libeigen3-dev"

# need PACKAGE ...: after it they are installed. Touches neither apt nor the network when they all are already.
need() {
  local package missing=() as_root=()
  if ! command -v dpkg-query >/dev/null; then
    say "not a Debian system: nothing is installed here; the build needs what Debian calls $*"
    return
  fi
  for package in "$@"; do
    [[ $(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true) == installed ]] || missing+=("$package")
  done
  [[ ${#missing[@]} -gt 0 ]] || return 0
  if [[ $EUID -ne 0 ]]; then
    command -v sudo >/dev/null ||
      die "these Debian packages are missing, and neither root nor sudo is here to install them: ${missing[*]}"
    as_root=(sudo)
  fi
  say "installing Debian packages: ${missing[*]}"
  local log status=0
  log=$(mktemp)
  if [[ ${CI:-} == true ]]; then
    "${as_root[@]}" apt-get update && apt_install "${missing[@]}" || status=$?
  else
    { "${as_root[@]}" apt-get update -qq && apt_install -qq "${missing[@]}"; } >"$log" 2>&1 || status=$?
  fi
  local reason
  reason=$(grep '^E:' "$log" | head -n 1 || true)
  rm -f "$log"
  [[ $status -eq 0 ]] || die "could not install ${missing[*]} with apt-get${reason:+ (${reason#E: })}: check the network and the apt sources"
}

apt_install() {
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends -o DPkg::Lock::Timeout=300 "$@"
}

# build PRESET TARGET-OR-all [CMAKE-OPTION ...]: sets $build to the folder it builds in.
build() {
  local preset=$1 target=$2
  shift 2
  build=${INGOT_BUILD_DIR:-$top/build/$preset}
  local log=$build/configure.log
  mkdir -p "$build" 2>/dev/null || die "cannot write to $build: set INGOT_BUILD_DIR to a folder that can be written"
  # Objects compiled in one build folder then serve in the next, and in tests/consumer/add_subdirectory.
  export CCACHE_NOHASHDIR=1
  say "configuring $preset in $build"
  (cd "$top" && cmake --preset "$preset" -B "$build" "$@") >"$log" 2>&1 || {
    cat "$log" >&2
    die "configuring failed"
  }
  say "building"
  cmake --build "$build" --target "$target" || die "building failed"
}
