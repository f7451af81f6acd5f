# Pushing to registries on loopback: whole commands, all engines interleaved. Sourced by bench/run.
#   bench/run push [ROUNDS [IMAGE]]
# IMAGE (real-gzip) is one of those that bench/run pull makes and keeps in artifacts/bench-images. Every push goes to a registry that is
# started empty for it. Cases:
#   elsewhere  the image was pulled from one registry and goes to another one
#   compress   the registry that it came from is gone, or it never came from one: its layers have to be compressed
#   mount      the image was pulled from a repository of the registry and goes to another one there
#   again      the registry has it all
# skopeo has no store: for `elsewhere` and `mount` it copies from registry to registry, and it has no `compress`.
# All daemons are this script's own and end with it.

rounds=${1:-3}
image=${2:-real-gzip}
[ "$(id -u)" = 0 ] || { say "bench/run push needs root"; exit 1; }
install_packages mmdebstrap umoci skopeo docker-registry podman docker.io util-linux jq zstd busybox-static python3
publish_if_stale
images=$root/artifacts/bench-images
"$root/bench/scenarios/pull/make-images.sh" "$images" "${image/#real-*/real}"

work=$(mktemp -d -t fastrun-bench-XXXXXX)
daemon_pid= note=()
declare -A registry_pid=() registry=()
TIMEFORMAT='%R %U %S'

stop_registry() {
  if [ -n "${registry_pid[$1]:-}" ]; then
    kill "${registry_pid[$1]}" 2>/dev/null || true
    wait "${registry_pid[$1]}" 2>/dev/null || true
    unset "registry_pid[$1]"
  fi
}

finish() {
  local name
  for name in "${!registry_pid[@]}"; do stop_registry "$name"; done
  if [ -n "$daemon_pid" ]; then kill "$daemon_pid" 2>/dev/null || true; wait "$daemon_pid" 2>/dev/null || true; fi
  umount -R "$work/podman" 2>/dev/null || true
  umount -R "$work/docker" 2>/dev/null || true
  rm -rf --one-file-system "$work"
}
trap finish EXIT
trap 'exit 1' INT TERM

# start_registry NAME: an empty one, on a free port.
start_registry() {
  stop_registry "$1"
  rm -rf "$work/registry-$1" "$work/$1.log"
  cat >"$work/$1.yml" <<YAML
version: 0.1
log: {level: info, formatter: text}
storage: {filesystem: {rootdirectory: $work/registry-$1}}
http: {addr: 127.0.0.1:0}
YAML
  docker-registry serve "$work/$1.yml" >"$work/$1.log" 2>&1 &
  registry_pid[$1]=$!
  await grep -q 'listening on' "$work/$1.log"
  registry[$1]=$(grep -o 'listening on [0-9.:]*' "$work/$1.log" | head -1 | cut -d' ' -f3)
}

dockerd --data-root "$work/docker" --exec-root "$work/exec" --pidfile "$work/docker.pid" -H "unix://$work/docker.sock" \
  --bridge none --iptables=false --ip6tables=false --userland-proxy=false >"$work/dockerd.log" 2>&1 &
daemon_pid=$!
docker_="docker -H unix://$work/docker.sock"
podman_="podman --root $work/podman --runroot $work/podman-run --storage-driver overlay --cgroup-manager cgroupfs"
fastrun="$binary --data-root $work/data --run-root $work/run"
await $docker_ version

start_registry origin
source=${registry[origin]}/bench/$image:latest
skopeo --insecure-policy copy -q --dest-tls-verify=false "oci:$images/$image:latest" "docker://$source"
$fastrun pull -q "$source" >/dev/null
$docker_ pull -q "$source" >/dev/null
$podman_ pull -q --tls-verify=false "$source" >/dev/null

tag_fastrun() { $fastrun tag "$source" "$1"; }
tag_docker() { $docker_ tag "$source" "$1"; }
tag_podman() { $podman_ tag "$source" "$1"; }
tag_skopeo() { :; }
push_fastrun() { $fastrun push -q "$1"; }
push_docker() { $docker_ push -q "$1"; }
push_podman() { $podman_ push -q --tls-verify=false "$1"; }
push_skopeo() { skopeo --insecure-policy copy -q --src-tls-verify=false --dest-tls-verify=false "docker://$source" "docker://$1"; }

# run CASE ENGINE TARGET: one measured push.
run() {
  local elapsed wall user system
  "tag_$2" "$3"
  if elapsed=$({ time "push_$2" "$3" >"$work/output" 2>&1 </dev/null; } 2>&1); then
    read -r wall user system <<<"$elapsed"
    echo "$1|$2|$wall|$(awk "BEGIN { print $user + $system }")" >>"$work/times"
  else
    note+=("$1: $2: $(tail -1 "$work/output")")
  fi
}

echo "$image, $rounds rounds, $(nproc) processors, Linux $(uname -r)"
for ((round = 0; round < rounds; round++)); do
  for engine in fastrun docker podman skopeo; do
    start_registry target
    run elsewhere $engine "${registry[target]}/bench/$engine-$round:latest"
    run again $engine "${registry[target]}/bench/$engine-$round:latest"
    run mount $engine "${registry[origin]}/mounted/$engine-$round:latest"
  done
done

# Nothing that a push left may help the ones that shall compress: a store of its own for FastRun, from the layout; the other two compress anyway.
stop_registry origin
fastrun="$binary --data-root $work/data-2 --run-root $work/run-2"
# Not every image has a program; it is in the store either way.
$fastrun exec --network none --no-workspace "oci:$images/$image:latest" -- true 2>/dev/null || true
source=localhost/$image:latest
tag_docker() { $docker_ tag "$($docker_ images -q | head -1)" "$1"; }
tag_podman() { $podman_ tag "$($podman_ images -q | head -1)" "$1"; }
for ((round = 0; round < rounds; round++)); do
  for engine in fastrun docker podman; do
    start_registry target
    run compress $engine "${registry[target]}/bench/$engine-c$round:latest"
    # What the next round would otherwise find.
    if [ $engine = fastrun ]; then $fastrun rmi "${registry[target]}/bench/$engine-c$round:latest" >/dev/null; fi
  done
done

for case in elsewhere compress mount again; do
  echo
  echo "$case"
  awk -F'|' -v wanted="$case" '$1 == wanted { print $2 "|" $3 "|" $4 }' "$work/times" | sort -t'|' -k1,1 -k2,2n | awk -F'|' '
    $1 != name { if (name != "") flush(); name = $1; n = 0; cpu = 1e9 }
    { value[++n] = $2; if ($3 < cpu) cpu = $3 }
    function flush() { median[name] = value[int((n + 1) / 2)]; least[name] = value[1]; processor[name] = cpu; order[++count] = name }
    END {
      if (name == "") exit
      flush()
      base = median["fastrun"] > 0 ? median["fastrun"] : 0.001
      printf "%-10s %9s %9s %9s %9s\n", "", "median s", "least s", "user+sys", "times"
      for (i = 1; i <= count; i++) {
        name = order[i]
        printf "%-10s %9.2f %9.2f %9s %9.2f\n", name, median[name], least[name], name == "docker" ? "-" : sprintf("%.2f", processor[name]), median[name] / base
      }
    }'
done
[ ${#note[@]} = 0 ] || printf 'note: %s\n' "${note[@]}"
