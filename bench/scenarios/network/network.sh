# What the default bridge adds to a start, a hundred containers at once, and throughput; all engines interleaved. Everything is in a
# network namespace of its own: no bridge, rule or address of the machine is touched. Sourced by bench/run.
#   bench/run network [ROUNDS [SECONDS]]

rounds=${1:-30}
seconds=${2:-5}
if [ -z "${FASTRUN_BENCH_NAMESPACE:-}" ]; then
  [ "$(id -u)" = 0 ] || { say "bench/run network needs root"; exit 1; }
  install_packages iproute2 iptables iperf3 netavark aardvark-dns
  publish_if_stale
  exec unshare --net env FASTRUN_BENCH_NAMESPACE=1 "$root/bench/run" network "$@"
fi
ip link set lo up
bench_programs=(iperf3)
docker_network=(--iptables=true --ip6tables=false --userland-proxy=false --bip 10.209.0.1/24)
. "$root/bench/scenarios/engines.sh"

end_containers() {
  $fastrun ps -aq | xargs -r $fastrun rm -f >/dev/null 2>&1 || true
  nsenter --mount="$view" $podman rm -af >/dev/null 2>&1 || true
  $docker ps -aq 2>/dev/null | xargs -r $docker rm -f >/dev/null 2>&1 || true
}

start_fastrun
for network in none bridge; do
  add "fastrun exec, $network" - "$fastrun exec --network $network --no-workspace bench/busybox:latest -- true"
  add "fastrun run --rm, $network" - "$fastrun run --rm --network $network bench/busybox:latest true"
done
add "fastrun exec, bridge, --egress none" - "$fastrun exec --network bridge --egress none --no-workspace bench/busybox:latest -- true"
$fastrun network create user >/dev/null
add "fastrun exec, user network" - "$fastrun exec --network user --no-workspace bench/busybox:latest -- true"
podman_works=
if start_podman; then
  command="$podman run --rm --network podman $podman_flags bench/busybox:latest true"
  if works "$command" "$view"; then podman_works=1 && add "podman run --rm, bridge" "$view" "$command"; else note+=("podman run, bridge: $(tail -1 "$work/error")"); fi
fi
start_docker
docker_works=
command="$docker run --rm bench/busybox:latest true"
if works "$command"; then docker_works=1 && add "docker run --rm, bridge" - "$command"; else note+=("docker run, bridge: $(tail -1 "$work/error")"); fi

echo "$rounds rounds, $(nproc) processors, Linux $(uname -r)"
"$work/measure" compare "$rounds" <"$commands"
[ ${#note[@]} = 0 ] || printf 'note: %s\n' "${note[@]}"

echo
echo "a hundred containers, eight at a time:"
for network in none bridge user; do
  echo "fastrun exec, $network: $("$work/measure" rate 100 8 $fastrun exec --network $network --no-workspace bench/busybox:latest -- true)"
  echo "fastrun run --rm, $network: $("$work/measure" rate 100 8 $fastrun run --rm --network $network bench/busybox:latest true)"
done

# The other engines: docker's default bridge is "bridge", podman's "podman"; a user network each, made the same way.
if [ -n "$podman_works" ]; then
  # Podman keeps it in /etc: one that a killed run has left is in the way.
  nsenter --mount="$view" $podman network rm -f user >/dev/null 2>&1 || true
  nsenter --mount="$view" $podman network create user >/dev/null
  for network in podman user; do
    echo "podman run --rm, $network: $(nsenter --mount="$view" "$work/measure" rate 100 8 $podman run --rm --network $network $podman_flags bench/busybox:latest true)"
  done
fi
if [ -n "$docker_works" ]; then
  $docker network create user >/dev/null
  for network in bridge user; do
    echo "docker run --rm, $network: $("$work/measure" rate 100 8 $docker run --rm --network $network bench/busybox:latest true)"
  done
fi

echo
echo "throughput (iperf3, one stream, $seconds s):"
# throughput NAME ADDRESS COMMAND...: what the client that COMMAND starts sends to the server at ADDRESS.
throughput() {
  local name=$1 address=$2 _
  shift 2
  for _ in $(seq 50); do
    if "$@" -c "$address" -t "$seconds" -J >"$work/iperf" 2>/dev/null; then
      echo "$name: $(jq -r '.end.sum_received.bits_per_second / 1e9 * 10 | round / 10' "$work/iperf") Gbit/s"
      return
    fi
    sleep 0.1
  done
  echo "$name: $(jq -r .error "$work/iperf")"
}

iperf3 -s >/dev/null 2>&1 &
server=$!
unshare --net sleep 1000 &
bare=$!
sleep 0.5
ip link add bare0 type veth peer name eth0 netns $bare
ip address add 10.208.0.1/24 dev bare0
ip link set bare0 up
nsenter --net="/proc/$bare/ns/net" sh -c 'ip address add 10.208.0.2/24 dev eth0 && ip link set eth0 up'
throughput "a bare veth to the host" 10.208.0.1 nsenter --net="/proc/$bare/ns/net" iperf3
kill "$bare"

# throughput_of NAME PROGRAM FLAGS: from a container to the host, and to another container.
throughput_of() {
  $2 run -d --name server $3 bench/busybox:latest iperf3 -s >/dev/null
  local address gateway
  address=$($2 inspect -f '{{.NetworkSettings.IPAddress}}' server)
  gateway=$($2 inspect -f '{{.NetworkSettings.Gateway}}' server)
  throughput "$1, container to host" "$gateway" $2 run --rm $3 bench/busybox:latest iperf3
  throughput "$1, container to container" "$address" $2 run --rm $3 bench/busybox:latest iperf3
}
throughput_of fastrun "$fastrun" "--network bridge"
[ -z "$docker_works" ] || throughput_of docker "$docker" ""
kill "$server"
