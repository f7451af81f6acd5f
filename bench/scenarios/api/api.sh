# The Docker CLI against fastrun daemon and against dockerd: whole commands from their start to their end, interleaved; a ping
# while others work; what an idle daemon costs. Sourced by bench/run.
#   bench/run api [ROUNDS [CONTAINERS]]

rounds=${1:-30}
containers=${2:-500}
. "$root/bench/scenarios/engines.sh"
install_packages docker-registry strace

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
measured() {
  "$work/measure" compare "$rounds" <"$commands"
  : >"$commands"
  echo
}

echo "$rounds rounds, $(nproc) processors, Linux $(uname -r), the Docker CLI $($docker version --format '{{.Client.Version}}'), dockerd $($docker version --format '{{.Server.Version}}')"
for daemon in "$api" "$docker"; do $daemon run -d --network none --name bench bench/busybox:latest sleep 1000000 >/dev/null; done
both "run --rm" "exec {} run --rm --network none bench/busybox:latest true"
both "run -d" "exec {} run -d --network none bench/busybox:latest true"
both "exec" "exec {} exec bench true"
add "the CLI itself: docker --version" - "docker --version"
add "fastrun run --rm, without a daemon" - "$fastrun run --rm --network none bench/busybox:latest true"
measured
both "pull" "{} rmi -f $registry/busybox:1 >/dev/null 2>&1; exec {} pull -q $registry/busybox:1"
mkdir "$work/context"
printf 'FROM bench/busybox:latest\nRUN true\nCMD ["sleep"]\n' >"$work/context/Dockerfile"
both "build (classic, no cache)" "DOCKER_BUILDKIT=0 exec {} build -q --no-cache --network none $work/context"
if ! works "$work/fastrun-build-(classic,-no-cache)"; then
  note+=("build by the API: $(tail -1 "$work/error")")
  grep -v 'build (classic' "$commands" >"$commands.new" || true
  mv "$commands.new" "$commands"
fi
measured
for daemon in "$api" "$docker"; do
  there=$($daemon ps -aq | wc -l)
  seq "$((containers > there ? containers - there : 0))" | xargs -P 2 -I {} $daemon create --network none bench/busybox:latest true >/dev/null
done
both "ps -a of $containers" "exec {} ps -a"
measured

# Pings while four clients run containers without a pause.
for daemon in fastrun dockerd; do
  case $daemon in
    fastrun) words=$api place=$socket ;;
    *) words=$docker place=$work/docker/sock ;;
  esac
  echo "$daemon, idle: $("$work/ping" "$place" 2000 500)"
  : >"$work/busy"
  for _ in 1 2 3 4; do (while [ -e "$work/busy" ]; do $words run --rm --network none bench/busybox:latest true; done) >/dev/null 2>&1 & load_pid+=" $!"; done
  sleep 1
  echo "$daemon, while four clients run containers: $("$work/ping" "$place" 5000 500)"
  rm "$work/busy"
  wait $load_pid
  load_pid=
done
echo
sleep 10
for daemon in "fastrun daemon:$daemon_pid" "dockerd:$dockerd_pid" "its containerd:$(pgrep -P "$dockerd_pid" containerd || true)"; do
  pid=${daemon##*:}
  [ -n "$pid" ] || continue
  before=$(cat /proc/"$pid"/task/*/schedstat | awk '{n += $3} END {print n}')
  sleep 10
  after=$(cat /proc/"$pid"/task/*/schedstat | awk '{n += $3} END {print n}')
  echo "${daemon%:*}, idle: $(($(awk '/^VmRSS/ {print $2}' /proc/"$pid"/status) / 1024)) MiB resident, woken up $((after - before)) times in 10 s"
done
[ ${#note[@]} = 0 ] || printf 'note: %s\n' "${note[@]}"
