# Forks of a prepared state against containers of a committed image, and against a plain exec of the image that the state was made from.
# Sourced by bench/run.
#   bench/run forks [ROUNDS [COUNT [MIB]]]
# The state is MIB (64) megabytes above busybox, in files of 64 KiB. Whole commands interleaved in rounds (60), then forks per second: COUNT (300)
# in a row, one at a time and on all processors, docker a tenth of that; the batch is `exec --parallel --each`. Last, how long it takes to prepare the state, the writing included.

rounds=${1:-60}
count=${2:-300}
megabytes=${3:-64}
. "$root/bench/scenarios/engines.sh"
prepare="i=0; while [ \$i -lt $((megabytes * 16)) ]; do head -c 65536 /dev/zero > /file\$i; i=\$((i + 1)); done"

start_fastrun
$fastrun snapshot create prepared --network none --no-workspace --from bench/busybox:latest -- sh -c "$prepare"
flags="--network none --no-workspace"
add "fastrun exec of a snapshot" - "$fastrun exec $flags prepared -- true"
add "fastrun exec of snapshot:NAME" - "$fastrun exec $flags snapshot:prepared -- true"
add "fastrun exec of the image" - "$fastrun exec $flags bench/busybox:latest -- true"
add "fastrun run --rm of a snapshot" - "$fastrun run --rm --network none prepared true"

# The same state, as docker has it.
start_docker
$docker run --name prepared --network none bench/busybox:latest sh -c "$prepare"
$docker commit prepared bench/prepared:latest >/dev/null
docker_command="$docker run --rm --network none bench/prepared:latest true"
add "docker run --rm of a committed image" - "$docker_command"

if start_podman; then
  nsenter --mount="$view" $podman run --name prepared --network none $podman_flags bench/busybox:latest sh -c "$prepare" >/dev/null
  nsenter --mount="$view" $podman commit -q prepared bench/prepared:latest >/dev/null
  podman_command="$podman run --rm --network none $podman_flags localhost/bench/prepared:latest true"
  if works "$podman_command" "$view"; then add "podman run --rm of a committed image" "$view" "$podman_command"; else note+=("podman: $(tail -1 "$work/error")"); fi
fi

echo "$rounds rounds, $(nproc) processors, Linux $(uname -r)"
"$work/measure" compare "$rounds" <"$commands"
[ ${#note[@]} = 0 ] || printf 'note: %s\n' "${note[@]}"
echo
for workers in 1 "$(nproc)" 8; do
  echo "forks, $workers at a time:"
  "$work/measure" rate "$count" "$workers" $fastrun exec $flags prepared -- true
  echo "a plain exec, $workers at a time:"
  "$work/measure" rate "$count" "$workers" $fastrun exec $flags bench/busybox:latest -- true
  echo "docker run --rm, $workers at a time:"
  "$work/measure" rate "$((count / 10))" "$workers" $docker_command
done

seq "$count" | sed 's/.*/true/' >"$work/lines"
echo
echo "exec prepared --parallel $(nproc) --each, $count lines:"
TIMEFORMAT='%R s real, %U user, %S sys'
time $fastrun exec $flags prepared --parallel "$(nproc)" --each "$work/lines" 2>/dev/null

echo
echo "snapshot create, $megabytes MiB written by its command:"
time $fastrun snapshot create again $flags --from bench/busybox:latest -- sh -c "$prepare"
echo "the same by an exec that throws it away:"
time $fastrun exec $flags bench/busybox:latest -- sh -c "$prepare"
echo "by docker run, docker commit and docker rm:"
time { $docker run --name again --network none bench/busybox:latest sh -c "$prepare"; $docker commit again bench/again:latest >/dev/null; $docker rm again >/dev/null; }
