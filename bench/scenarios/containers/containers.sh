# Containers that have a life: `run --rm` and `run -d` from the command line's start to its end, `ps` beside many containers, `logs` of
# a large log; all engines interleaved. Sourced by bench/run.
#   bench/run containers [ROUNDS [CONTAINERS [LOG_MEGABYTES]]]

rounds=${1:-30}
containers=${2:-1000}
megabytes=${3:-1000}
. "$root/bench/scenarios/engines.sh"
size=$((megabytes * 8 / 1000 + 4))G

# Detached containers outlive the commands that started them.
end_containers() {
  $fastrun ps -aq | xargs -r $fastrun rm -f >/dev/null 2>&1 || true
  nsenter --mount="$view" $podman rm -af >/dev/null 2>&1 || true
}

start_fastrun "$size"
engines=("fastrun|-|$fastrun|")
start_podman && engines+=("podman|$view|$podman|$podman_flags")
start_docker "$size"
engines+=("docker|-|$docker|")

echo "$rounds rounds, $(nproc) processors, Linux $(uname -r)"
# each WORDS FLAGS COMMAND: adds that command of every engine.
each() {
  local engine
  for engine in "${engines[@]}"; do
    IFS='|' read -r name namespace program flags <<<"$engine"
    add "$name $1" "$namespace" "$program $1 ${2:-} ${3:+$flags $3}"
  done
}

measured() {
  echo
  "$work/measure" compare "$rounds" <"$commands"
  : >"$commands"
}

each "run --rm" "--network none" "bench/busybox:latest true"
measured
each "run -d" "--network none" "bench/busybox:latest true"
measured

# What another engine does after its command has returned meets the next command.
echo
echo "run -d, each engine by itself, one after another:"
for engine in "${engines[@]}"; do
  IFS='|' read -r name namespace program flags <<<"$engine"
  sleep 3
  add "$name run -d" "$namespace" "$program run -d --network none $flags bench/busybox:latest true"
  "$work/measure" compare "$rounds" <"$commands" | tail -n +2
  : >"$commands"
done

echo
for engine in "${engines[@]}"; do
  IFS='|' read -r name namespace program flags <<<"$engine"
  [ "$namespace" != - ] || namespace=/proc/self/ns/mnt
  there=$(nsenter --mount="$namespace" $program ps -aq | wc -l)
  seconds=$({ TIMEFORMAT=%R; time seq "$((containers - there))" | nsenter --mount="$namespace" xargs -P 2 -I {} $program create --network none $flags bench/busybox:latest true >/dev/null; } 2>&1)
  echo "$name: $((containers - there)) times create, two at a time: $seconds s"
done
each "ps -a"
measured

echo
for engine in "${engines[@]}"; do
  IFS='|' read -r name namespace program flags <<<"$engine"
  # podman's default is a log without a bound in conmon's own format, as fastrun's and docker's is in Docker's.
  [ "$namespace" != - ] || namespace=/proc/self/ns/mnt
  line=$(printf 'x%.0s' $(seq 99))
  seconds=$({ TIMEFORMAT=%R; time nsenter --mount="$namespace" $program run --name large --network none $flags bench/busybox:latest \
    sh -c "yes $line | head -c ${megabytes}000000" >/dev/null; } 2>&1)
  echo "$name: run of a container that writes $megabytes MB of lines: $seconds s"
done
rounds=3
each "logs large"
measured
[ ${#note[@]} = 0 ] || printf 'note: %s\n' "${note[@]}"
