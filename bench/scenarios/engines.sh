# What the scenarios that compare engines share: file systems, an image, and each engine ready to be called. Sourced by them.
#
# Every engine's state is on a fresh ext4 with a journal in a loop device, because creating and removing files on a used
# one costs what was done there before. dockerd and its containerd are the script's own and end with it.

[ "$(id -u)" = 0 ] || { say "bench/run $scenario needs root"; exit 1; }
install_packages gcc libc6-dev busybox-static umoci skopeo crun runc podman docker.io e2fsprogs util-linux jq
publish_if_stale

work=$(mktemp -d -t fastrun-bench-XXXXXX)
# Shared: what is mounted here later is also there for the engines that get a mount namespace of their own.
mount --bind "$work" "$work"
mount --make-shared "$work"
mounts=("$work")
dockerd_pid=
note=()
# A scenario may set these before: programs that its image has beside busybox, and dockerd's flags about networks.
[ -v bench_programs ] || bench_programs=()
[ -v docker_network ] || docker_network=(--bridge none --iptables=false --ip6tables=false --userland-proxy=false)

stop_dockerd() {
  if [ -n "$dockerd_pid" ]; then
    kill "$dockerd_pid" 2>/dev/null || true
    wait "$dockerd_pid" 2>/dev/null || true
    dockerd_pid=
  fi
}

finish() {
  # What a scenario leaves running, first.
  if declare -F end_containers >/dev/null; then end_containers; fi
  stop_dockerd
  local i
  for ((i = ${#mounts[@]} - 1; i >= 0; i--)); do umount -R "${mounts[i]}" 2>/dev/null || umount -l "${mounts[i]}" || true; done
  rm -rf --one-file-system "$work"
}
trap finish EXIT
trap 'exit 1' INT TERM

# fresh NAME [SIZE]: a new file system at $work/NAME.
fresh() {
  mkdir "$work/$1"
  truncate -s "${2:-2G}" "$work/$1.ext4"
  mkfs.ext4 -q -F "$work/$1.ext4"
  mount -o loop,noatime "$work/$1.ext4" "$work/$1"
  mounts+=("$work/$1")
}

gcc -O2 -Wall -o "$work/measure" "$root/bench/scenarios/measure.c"
commands=$work/commands

# add NAME NAMESPACE COMMAND: one to be measured. works COMMAND [NAMESPACE]: whether it succeeds; else $work/error says why.
add() { printf '%s|%s|%s\n' "$1" "$2" "$3" >>"$commands"; }
works() { nsenter --mount="${2:-/proc/self/ns/mnt}" $1 >/dev/null 2>"$work/error" </dev/null; }

# The image: one layer of busybox, called bench/busybox:latest everywhere.
mkdir -p "$work/rootfs"/{bin,dev,proc,sys,etc,tmp}
cp "$(command -v busybox)" "$work/rootfs/bin/busybox"
for applet in sh true sleep yes head; do ln "$work/rootfs/bin/busybox" "$work/rootfs/bin/$applet"; done
# A scenario's own programs, with the libraries that they need.
for program in "${bench_programs[@]}"; do
  cp "$(command -v "$program")" "$work/rootfs/bin/"
  ldd "$(command -v "$program")" | grep -o '/[^ ]*' | xargs -I {} cp --parents -L {} "$work/rootfs"
done
tar -C "$work/rootfs" -cf "$work/rootfs.tar" .
umoci init --layout "$work/layout"
umoci new --image "$work/layout:latest"
umoci raw add-layer --image "$work/layout:latest" "$work/rootfs.tar"
skopeo --insecure-policy copy -q "oci:$work/layout:latest" "docker-archive:$work/busybox.tar:bench/busybox:latest"

# Engines that know only one cgroup hierarchy get a mount namespace that shows them the unified one.
view=/proc/$$/ns/mnt
if [ "$(stat -f -c %T /sys/fs/cgroup)" != cgroup2fs ]; then
  touch "$work/view"
  mkdir "$work/namespaces"
  mount -t tmpfs none "$work/namespaces"
  mounts+=("$work/namespaces")
  mount --make-private "$work/namespaces"
  touch "$work/namespaces/v2"
  unshare --mount="$work/namespaces/v2" --propagation slave mount -t cgroup2 none /sys/fs/cgroup
  mounts+=("$work/namespaces/v2")
  view=$work/namespaces/v2
  note+=("this machine's cgroups are hybrid: crun and podman see the unified hierarchy only; the others use all of them")
fi

fastrun="$binary --data-root $work/fastrun/data --run-root $work/fastrun/run"
podman="podman --root $work/podman/data --runroot $work/podman/run --cgroup-manager cgroupfs"
docker="docker -H unix://$work/docker/sock"

start_fastrun() {
  fresh fastrun "$@"
  $fastrun exec --network none --no-workspace "docker-archive:$work/busybox.tar" -- true
}

# Sets $podman_flags to what podman needs on this machine; fails where it cannot run anything.
start_podman() {
  fresh podman "$@"
  nsenter --mount="$view" $podman load -q -i "$work/busybox.tar" >/dev/null
  for podman_flags in "" "--ulimit nofile=1024:1024 --ulimit nproc=1024:1024 --cgroups=disabled"; do
    if works "$podman run --rm --network none $podman_flags bench/busybox:latest /bin/true" "$view"; then
      [ -z "$podman_flags" ] || note+=("podman cannot make its cgroup here: measured with $podman_flags, which spares it work")
      return
    fi
    note+=("podman run: $(tail -1 "$work/error")")
  done
  return 1
}

start_docker() {
  fresh docker "$@"
  dockerd --data-root "$work/docker/data" --exec-root "$work/docker/exec" --pidfile "$work/docker/pid" -H "unix://$work/docker/sock" \
    "${docker_network[@]}" >"$work/dockerd.log" 2>&1 &
  dockerd_pid=$!
  local _
  for _ in $(seq 100); do
    if $docker version >/dev/null 2>&1; then break; fi
    sleep 0.2
  done
  $docker load -q -i "$work/busybox.tar" >/dev/null
}
