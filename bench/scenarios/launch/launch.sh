# One warm start of `true` in a busybox container, whole commands, all engines interleaved. Sourced by bench/run.
#
# Every engine's state is on a fresh ext4 with a journal in a loop device, because creating and removing files on a used
# one costs what was done there before. dockerd and its containerd are this script's own and end with it.

rounds=${1:-100}
[ "$(id -u)" = 0 ] || { say "bench/run launch needs root"; exit 1; }
install_packages gcc libc6-dev busybox-static umoci skopeo crun runc bubblewrap podman docker.io e2fsprogs util-linux jq
publish_if_stale

here=$root/bench/scenarios/launch
work=$(mktemp -d -t fastrun-bench-XXXXXX)
mounts=()
dockerd_pid=

stop_dockerd() {
  if [ -n "$dockerd_pid" ]; then
    kill "$dockerd_pid" 2>/dev/null || true
    wait "$dockerd_pid" 2>/dev/null || true
    dockerd_pid=
  fi
}

finish() {
  stop_dockerd
  local i
  for ((i = ${#mounts[@]} - 1; i >= 0; i--)); do umount -R "${mounts[i]}" 2>/dev/null || umount -l "${mounts[i]}" || true; done
  rm -rf --one-file-system "$work"
}
trap finish EXIT
trap 'exit 1' INT TERM

# fresh NAME: a new file system at $work/NAME.
fresh() {
  mkdir "$work/$1"
  truncate -s 2G "$work/$1.ext4"
  mkfs.ext4 -q -F "$work/$1.ext4"
  mount -o loop,noatime "$work/$1.ext4" "$work/$1"
  mounts+=("$work/$1")
}

gcc -O2 -Wall -o "$work/measure" "$here/measure.c"

# The image: one layer of busybox.
mkdir -p "$work/rootfs"/{bin,dev,proc,sys,etc,tmp}
cp "$(command -v busybox)" "$work/rootfs/bin/busybox"
for applet in sh true sleep; do ln "$work/rootfs/bin/busybox" "$work/rootfs/bin/$applet"; done
tar -C "$work/rootfs" -cf "$work/rootfs.tar" .
umoci init --layout "$work/layout"
umoci new --image "$work/layout:latest"
umoci raw add-layer --image "$work/layout:latest" "$work/rootfs.tar"
skopeo --insecure-policy copy -q "oci:$work/layout:latest" "docker-archive:$work/busybox.tar:bench/busybox:latest"

commands=$work/commands
note=()
add() { printf '%s|%s|%s\n' "$1" "$2" "$3" >>"$commands"; }
works() { nsenter --mount="${2:-/proc/self/ns/mnt}" $1 >/dev/null 2>"$work/error" </dev/null; }

for engine in fastrun bundle podman docker; do fresh $engine; done

# Engines that know only one cgroup hierarchy get a mount namespace that shows them the unified one.
view=/proc/$$/ns/mnt
if [ "$(stat -f -c %T /sys/fs/cgroup)" != cgroup2fs ]; then
  touch "$work/view"
  mkdir "$work/namespaces"
  mount -t tmpfs none "$work/namespaces"
  mounts+=("$work/namespaces")
  mount --make-private "$work/namespaces"
  touch "$work/namespaces/v2"
  unshare --mount="$work/namespaces/v2" mount -t cgroup2 none /sys/fs/cgroup
  mounts+=("$work/namespaces/v2")
  view=$work/namespaces/v2
  note+=("this machine's cgroups are hybrid: crun and podman see the unified hierarchy only; the others use all of them")
fi

fastrun="$binary --data-root $work/fastrun/data --run-root $work/fastrun/run"
$fastrun exec --network none --no-workspace "docker-archive:$work/busybox.tar" -- true
warm="$fastrun exec --network none --no-workspace bench/busybox:latest -- true"
add "fastrun exec" - "$warm"

# The floor: the same system calls from C.
gcc -O2 -Wall -static -I "$root/src/FastRun.Native/Launch" -o "$work/floor" "$here/floor.c"
dotnet run -c Release --project "$root/bench/FastRun.Benchmarks" -- \
  dump-tape "$work/fastrun/data" "$work/fastrun/run" bench/busybox:latest "$work/tape"
command="$work/floor $work/tape"
if works "$command"; then add "floor (C)" - "$command"; else note+=("floor: $(tail -1 "$work/error")"); fi

# The same container for crun and runc: fastrun's namespaces.
cp -a "$work/rootfs" "$work/bundle/rootfs"
for runtime in crun runc; do
  mkdir "$work/bundle/$runtime"
  (cd "$work/bundle/$runtime" && runc spec)
  jq --arg root "$work/bundle/rootfs" '.process.terminal = false | .process.args = ["/bin/true"] | .root.path = $root
    | .linux.namespaces = [("pid", "network", "ipc", "uts", "mount", "cgroup") | {type: .}]
    | del(.process.rlimits) | del(.linux.resources)' "$work/bundle/$runtime/config.json" >"$work/config.json"
  mv "$work/config.json" "$work/bundle/$runtime/config.json"
  command="$runtime --root $work/bundle/state run --bundle $work/bundle/$runtime bench-$runtime"
  if works "$command" "$view"; then add "$runtime run" "$([ $runtime = crun ] && echo "$view" || echo -)" "$command"; else note+=("$runtime run: $(tail -1 "$work/error")"); fi
done

command="bwrap --unshare-all --bind $work/bundle/rootfs / --proc /proc --dev /dev /bin/true"
if works "$command"; then add "bwrap --unshare-all" - "$command"; else note+=("bwrap: $(tail -1 "$work/error")"); fi

podman="podman --root $work/podman/data --runroot $work/podman/run --cgroup-manager cgroupfs"
nsenter --mount="$view" $podman load -q -i "$work/busybox.tar" >/dev/null
for extra in "" "--ulimit nofile=1024:1024 --ulimit nproc=1024:1024 --cgroups=disabled"; do
  command="$podman run --rm --network none $extra bench/busybox:latest /bin/true"
  if works "$command" "$view"; then
    add "podman run --network none" "$view" "$command"
    [ -z "$extra" ] || note+=("podman cannot make its cgroup here: measured with $extra, which spares it work")
    break
  fi
  note+=("podman run: $(tail -1 "$work/error")")
done

dockerd --data-root "$work/docker/data" --exec-root "$work/docker/exec" --pidfile "$work/docker/pid" -H "unix://$work/docker/sock" \
  --bridge none --iptables=false --ip6tables=false --userland-proxy=false >"$work/dockerd.log" 2>&1 &
dockerd_pid=$!
docker="docker -H unix://$work/docker/sock"
for _ in $(seq 100); do
  if $docker version >/dev/null 2>&1; then break; fi
  sleep 0.2
done
$docker load -q -i "$work/busybox.tar" >/dev/null
command="$docker run --rm --network none bench/busybox:latest /bin/true"
if works "$command"; then add "docker run --network none" - "$command"; else note+=("docker run: $(tail -1 "$work/error")"); fi

add "fastrun version" - "$binary version"
add "/bin/true" - "/bin/true"

echo "$rounds rounds, $(nproc) processors, Linux $(uname -r)"
"$work/measure" compare "$rounds" <"$commands"
[ ${#note[@]} = 0 ] || printf 'note: %s\n' "${note[@]}"
echo
stop_dockerd
echo "without dockerd beside:"
grep -E '^(fastrun|floor)' "$commands" | "$work/measure" compare $((rounds * 3))
echo
"$work/measure" rate 200 1 $warm
"$work/measure" rate 200 8 $warm

mkfifo "$work/hold"
exec {hold}<>"$work/hold"
$fastrun exec -i --network none --no-workspace bench/busybox:latest -- sh -c 'read line' <&"$hold" &
waiting=$!
sleep 0.5
echo "private memory of the waiting fastrun: $(awk '/^Private/ { sum += $2 } END { print sum }' "/proc/$waiting/smaps_rollup" 2>/dev/null) KiB"
echo >&"$hold"
wait "$waiting"
echo "binary: $(stat -c %s "$binary") bytes"
