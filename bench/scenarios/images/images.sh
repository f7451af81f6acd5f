# Images to archives and back, and containers to images, against docker, podman and skopeo. Sourced by bench/run.
#   bench/run images [ROUNDS [MIB]]
# The image is busybox and a layer of MIB (256) megabytes in files of many sizes. save and load: rounds (5) interleaved, the least of the real
# time and of the processor time of the command itself (docker's daemon is not in it). commit: a container that has written 1 GiB; of fastrun also the
# wait until the image can be run under its name, by a process that looks for the name and then runs /bin/true in it.

rounds=${1:-5}
megabytes=${2:-256}
bench_programs=()
. "$root/bench/scenarios/engines.sh"
TIMEFORMAT='%R %U %S'

end_containers() {
  $fastrun ps -aq | xargs -r $fastrun rm -f >/dev/null 2>&1 || true
  nsenter --mount="$view" $podman rm -af >/dev/null 2>&1 || true
}

# A second layer: half of it in files of 8 KiB to 1 MiB, half in one.
mkdir -p "$work/more/data"
for ((i = 0, kib = 0; kib < megabytes * 512; i++)); do
  size=$((8 << (i % 8)))
  head -c "${size}K" /dev/urandom >"$work/more/data/$i"
  kib=$((kib + size))
done
head -c "$((megabytes / 2))M" /dev/urandom >"$work/more/data/large"
tar -C "$work/more" -cf "$work/more.tar" data
umoci raw add-layer --image "$work/layout:latest" "$work/more.tar"
rm -r "$work/more" "$work/more.tar"
skopeo --insecure-policy copy -q "oci:$work/layout:latest" "docker-archive:$work/large.tar:bench/large:latest"

start_fastrun 8G
engines=("fastrun|-|$fastrun|")
start_podman 8G && engines+=("podman|$view|$podman|$podman_flags")
start_docker 8G && engines+=("docker|-|$docker|")
declare -A least cpu
# took NAME COMMAND...: keeps the least real and processor time of what has this name.
took() {
  local name=$1 line real user sys all
  shift
  sync
  line=$( { time "$@" >/dev/null 2>"$work/error" </dev/null; } 2>&1) || { note+=("$name failed: $(tail -1 "$work/error")"); return 0; }
  read -r real user sys <<<"$(tail -1 <<<"$line")"
  all=$(awk "BEGIN { print $user + $sys }")
  if [ -z "${least[$name]:-}" ] || awk "BEGIN { exit !($real < ${least[$name]}) }"; then least[$name]=$real; fi
  if [ -z "${cpu[$name]:-}" ] || awk "BEGIN { exit !($all < ${cpu[$name]}) }"; then cpu[$name]=$all; fi
}

for _ in $(seq "$rounds"); do
  for engine in "${engines[@]}"; do
    IFS='|' read -r name namespace program flags <<<"$engine"
    [ "$namespace" != - ] || namespace=/proc/self/ns/mnt
    in=(nsenter --mount="$namespace")
    "${in[@]}" $program rmi -f bench/large:latest >/dev/null 2>&1 || true
    took "load $name" "${in[@]}" $program load -q -i "$work/large.tar"
    took "save $name" "${in[@]}" $program save -o "$work/$name/saved.tar" bench/large:latest
    rm -f "$work/$name/saved.tar"
  done
  took "load skopeo (to a directory)" skopeo --insecure-policy copy -q "docker-archive:$work/large.tar" "dir:$work/podman/dir"
  took "save skopeo (from an OCI layout)" skopeo --insecure-policy copy -q "oci:$work/layout:latest" "docker-archive:$work/podman/saved.tar:bench/large:latest"
  rm -rf "$work/podman/dir" "$work/podman/saved.tar"
done

for engine in "${engines[@]}"; do
  IFS='|' read -r name namespace program flags <<<"$engine"
  [ "$namespace" != - ] || namespace=/proc/self/ns/mnt
  in=(nsenter --mount="$namespace")
  "${in[@]}" $program run --name big --network none $flags bench/busybox:latest sh -c 'i=0; while [ $i -lt 8 ]; do head -c 134217728 /dev/zero > /file$i; i=$((i + 1)); done' >/dev/null 2>"$work/error" \
    || { note+=("$name run: $(tail -1 "$work/error")"); continue; }
  took "commit of 1 GiB $name" "${in[@]}" $program commit big "made:$name"
done

# The wait until it can be run. Each container once: a second commit has nothing to do.
waits=()
for round in $(seq "$rounds"); do
  $fastrun run --name "wait$round" --network none bench/busybox:latest sh -c 'i=0; while [ $i -lt 8 ]; do head -c 134217728 /dev/zero > /file$i; i=$((i + 1)); done'
  sync
  started=$(date +%s%N)
  $fastrun commit "wait$round" "waited:$round" >/dev/null &
  committing=$!
  until [ -L "$work/fastrun/data/images/docker.io/library/waited/_tags/$round" ]; do :; done
  named=$(date +%s%N)
  $fastrun exec --network none --no-workspace "waited:$round" -- true
  waits+=("$(((named - started) / 1000)) $((($(date +%s%N) - started) / 1000))")
  wait "$committing"
  $fastrun rm "wait$round" >/dev/null
  $fastrun rmi "waited:$round" >/dev/null
done

echo "An image of $megabytes MiB, least of $rounds, Linux $(uname -r):"
echo "| what | real | user + sys |"
echo "|---|---|---|"
for name in "${!least[@]}"; do printf '| %s | %s s | %s s |\n' "$name" "${least[$name]}" "${cpu[$name]}"; done | sort
printf '%s\n' "${waits[@]}" | sort -n | head -1 | awk '{ printf "| fastrun commit of 1 GiB: until it has its name | %.1f ms | |\n| ... and /bin/true has run in it | %.1f ms | |\n", $1 / 1000, $2 / 1000 }'
printf '%s\n' "${note[@]}"
