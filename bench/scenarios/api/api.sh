# The Docker CLI against fastrun daemon and against dockerd: whole commands from their start to their end, interleaved; a ping
# while others work; what an idle daemon costs. Prints the tables of docs/performance.md. Sourced by bench/run.
#   bench/run api [ROUNDS [CONTAINERS]]

rounds=${1:-30}
containers=${2:-500}
. "$root/bench/scenarios/engines.sh"
install_packages docker-registry python3

daemon_pid= registry_pid= load_pid=
end_containers() {
  # What was started here, by its id.
  for pid in $load_pid $registry_pid; do kill "$pid" 2>/dev/null || true; done
  $fastrun ps -aq | xargs -r $fastrun rm -f >/dev/null 2>&1 || true
  [ -z "$daemon_pid" ] || kill "$daemon_pid" 2>/dev/null || true
}

start_fastrun 4G
start_docker 4G
socket=$work/fastrun.sock
FASTRUN_DEFAULT_NETWORK=none $fastrun daemon -H "unix://$socket" >/dev/null 2>"$work/daemon.log" &
daemon_pid=$!
for _ in $(seq 100); do [ -S "$socket" ] && break; sleep 0.1; done
api="docker -H unix://$socket"
$api load -q -i "$work/busybox.tar" >/dev/null
gcc -O2 -Wall -o "$work/ping" "$root/bench/scenarios/api/ping.c"

cat >"$work/registry.yml" <<YML
version: 0.1
storage: { filesystem: { rootdirectory: $work/registry } }
http: { addr: "127.0.0.1:0" }
log: { level: info }
YML
docker-registry serve "$work/registry.yml" >/dev/null 2>"$work/registry.log" &
registry_pid=$!
for _ in $(seq 100); do grep -q 'listening on' "$work/registry.log" && break; sleep 0.1; done
registry=$(grep -o 'listening on [0-9.:]*' "$work/registry.log" | cut -d' ' -f3)
$docker tag bench/busybox:latest "$registry/busybox:1"
$docker push -q "$registry/busybox:1" >/dev/null

script() {
  local engine=$1 name=$2
  shift 2
  printf '#!/bin/sh\n%s\n' "$*" >"$work/$engine-$name"
  chmod +x "$work/$engine-$name"
}
# both NAME WORDS: the same words for both, as a script where there is more than one command.
both() {
  script fastrun "${1// /-}" "${2//\{\}/$api}"
  script dockerd "${1// /-}" "${2//\{\}/$docker}"
  add "fastrun daemon: $1" - "$work/fastrun-${1// /-}"
  add "dockerd: $1" - "$work/dockerd-${1// /-}"
}
# measured: runs what was added. Each row of the table has both daemons; what only one of them has, or none, is one of its own.
measured() {
  "$work/measure" compare "$rounds" <"$commands" | awk '
    NR > 1 {
      name = $1
      for (i = 2; i <= NF - 4; i++) name = name " " $i
      least = $(NF - 2); median = $(NF - 3)
      if (sub(/^fastrun daemon: /, "", name)) { own[name] = median; ownLeast[name] = least; order[++count] = name }
      else if (sub(/^dockerd: /, "", name)) { peer[name] = median; peerLeast[name] = least }
      else { own[name] = median; ownLeast[name] = least; order[++count] = name }
    }
    END {
      for (i = 1; i <= count; i++) {
        name = order[i]
        if (name in peer) printf "| `docker %s` | %.1f (%.1f) | %.1f (%.1f) | %.1fx |\n", name, own[name], ownLeast[name], peer[name], peerLeast[name], peer[name] / own[name]
        else printf "| %s | %.1f (%.1f) | | |\n", name, own[name], ownLeast[name]
      }
    }'
  : >"$commands"
}
switches() { local task; for task in /proc/"$1"/task/*; do echo "${task##*/} $(awk '/ctxt_switches/ {n += $2} END {print n}' "$task/status" 2>/dev/null || true)"; done; }

echo "$rounds rounds, $(nproc) processors, Linux $(uname -r), the Docker CLI $($docker version --format '{{.Client.Version}}'), dockerd $($docker version --format '{{.Server.Version}}'); median (least) in milliseconds:"
echo
echo "| | \`fastrun daemon\` | dockerd | |"
echo "|---|---:|---:|---:|"
for daemon in "$api" "$docker"; do $daemon run -d --network none --name bench bench/busybox:latest sh -c 'while sleep 1; do echo tick; done' >/dev/null; done
add "the CLI alone: \`docker --version\`" - "docker --version"
both "version" "exec {} version"
both "run --rm" "exec {} run --rm --network none bench/busybox:latest true"
both "run -d" "exec {} run -d --network none bench/busybox:latest true"
both "exec" "exec {} exec bench true"
add "\`fastrun run --rm\`, without a daemon" - "$fastrun run --rm --network none bench/busybox:latest true"
measured
both "pull" "{} rmi -f $registry/busybox:1 >/dev/null 2>&1; exec {} pull -q $registry/busybox:1"
mkdir "$work/context"
printf 'FROM bench/busybox:latest\nRUN true\nCMD ["sleep"]\n' >"$work/context/Dockerfile"
both "build" "DOCKER_BUILDKIT=0 exec {} build -q --no-cache --network none $work/context 2>/dev/null"
measured
for daemon in "$api" "$docker"; do
  there=$($daemon ps -aq | wc -l)
  seq "$((containers > there ? containers - there : 0))" | xargs -P 2 -I {} $daemon create --network none bench/busybox:latest true >/dev/null
done
both "ps -a" "exec {} ps -a"
measured
note+=("\`pull\` is \`rmi\` and \`pull\` of one small layer from a registry on loopback, \`build\` a RUN without a cache by the classic builder, \`ps -a\` of $containers containers")

# Pings while four clients run containers without a pause, and two hundred others are attached and follow logs, events and statistics.
echo
echo "| \`GET /_ping\`, milliseconds | median | 99th percentile | most |"
echo "|---|---:|---:|---:|"
pings() { echo "| $1 | $("$work/ping" "${@:2}" | sed 's/.*median \([0-9.]*\) ms, 99th percentile \([0-9.]*\) ms, most \([0-9.]*\) ms/\1 | \2 | \3/') |"; }
for daemon in "fastrun daemon" dockerd; do
  case $daemon in
    fastrun*) words=$api place=$socket ;;
    *) words=$docker place=$work/docker/sock ;;
  esac
  pings "$daemon, idle" "$place" 2000 500
  : >"$work/busy"
  for _ in 1 2 3 4; do (while [ -e "$work/busy" ]; do $words run --rm --network none bench/busybox:latest true; done) >/dev/null 2>&1 & load_pid+=" $!"; done
  sleep 1
  pings "$daemon, while four clients run containers" "$place" 5000 500
  rm "$work/busy"
  wait $load_pid
  load_pid=
  python3 "$root/bench/scenarios/api/crowd.py" "$place" bench 200 >"$work/crowd" 2>&1 &
  load_pid=$!
  for _ in $(seq 300); do grep -q there "$work/crowd" && break; sleep 0.1; done
  sleep 2
  pings "$daemon, while two hundred clients are attached" "$place" 5000 500
  kill "$load_pid"
  wait "$load_pid" 2>/dev/null || true
  load_pid=
done

# Nothing runs any more. Threads without work end within half a minute.
for daemon in "$api" "$docker"; do $daemon rm -f bench >/dev/null; done
echo
echo "| after that, idle | resident | private | threads | wake-ups in 10 s |"
echo "|---|---:|---:|---:|---:|"
sleep 40
for daemon in "fastrun daemon:$daemon_pid" "dockerd:$dockerd_pid" "its containerd:$(pgrep -P "$dockerd_pid" containerd || true)"; do
  pid=${daemon##*:}
  [ -n "$pid" ] || continue
  switches "$pid" >"$work/before"
  sleep 10
  switches "$pid" >"$work/after"
  woken=$(awk 'NR == FNR {before[$1] = $2; next} {n += $2 - before[$1]; delete before[$1]} END {for (task in before) n++; print n + 0}' "$work/before" "$work/after")
  awk -v name="${daemon%:*}" -v woken="$woken" -v threads="$(ls "/proc/$pid/task" | wc -l)" '
    /^Rss:/ {rss += $2} /^Private_/ {private += $2}
    END {printf "| %s | %.1f MiB | %.1f MiB | %d | %d |\n", name, rss / 1024, private / 1024, threads, woken}' "/proc/$pid/smaps_rollup"
done
echo
[ ${#note[@]} = 0 ] || printf 'note: %s\n' "${note[@]}"
