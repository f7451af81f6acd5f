# Shared by ./run and ./test: what the machine must have, and the binary itself. Sourced with $root set.

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1
# Nothing this script starts may outlive it: a waiting build server would hold the caller's output open.
export MSBUILDDISABLENODEREUSE=1

build_packages=(gcc libc6-dev binutils make cmake libssl-dev zlib1g-dev libzstd-dev liblzma-dev libbz2-dev)
binary=$root/artifacts/fastrun
stamp=$root/artifacts/.published

say() { printf '%s\n' "$*" >&2; }

# Runs a command with its output in a log, which is shown only when the command fails.
logged() {
  local log=$root/artifacts/setup.log
  if ! "$@" >"$log" 2>&1 </dev/null; then
    cat "$log" >&2
    say "failed: $*"
    return 1
  fi
}

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

apt_install() {
  as_root env DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=l apt-get install -y -q --no-install-recommends \
    -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 "$@"
}

apt_update() { as_root apt-get update -q -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3; }

# Where this machine's own packages come from: other releases of its distribution are there, too.
package_mirror() { apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | awk '!/security/ && !seen++'; }

# Installs what is missing of the packages named. The package lists are fetched only when installing fails without.
install_packages() {
  local missing=() package
  for package in "$@"; do
    dpkg-query -W -f '${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed || missing+=("$package")
  done
  if [ ${#missing[@]} = 0 ]; then return; fi

  say "installing ${missing[*]}"
  if apt_install "${missing[@]}" >"$root/artifacts/setup.log" 2>&1 </dev/null; then return; fi
  logged apt_update
  logged apt_install "${missing[@]}"
}

need_dotnet() {
  if ! command -v dotnet >/dev/null; then
    say "the .NET SDK (version 10, or 9) is not in PATH"
    return 1
  fi
}

# True when a file that the binary is made from is newer than the binary.
is_stale() {
  [ ! -x "$binary" ] || [ ! -e "$stamp" ] ||
    [ -n "$(find "$root/src" "$root"/Directory.*.props \( -name bin -o -name obj \) -prune -o -type f -newer "$stamp" -print -quit)" ]
}

# Publishes the static binary when it is stale. Only one does it at a time, and a binary that runs is replaced, not written to.
publish_if_stale() {
  if ! is_stale; then return; fi
  mkdir -p "$root/artifacts"
  exec 9>"$root/artifacts/.lock"
  flock 9
  if is_stale; then
    need_dotnet
    install_packages "${build_packages[@]}"
    say "publishing artifacts/fastrun"
    touch "$stamp.new"
    logged dotnet publish "$root/src/FastRun" -c Release -v q --disable-build-servers "-p:PublishDir=$root/artifacts/publish/" 9>&- # a build server would keep the lock
    cp "$root/artifacts/publish/fastrun" "$binary.new"
    mv -f "$binary.new" "$binary"
    mv -f "$stamp.new" "$stamp"
  fi
  exec 9>&-
}
