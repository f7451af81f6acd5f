# Pulling from a registry on loopback: whole commands, all engines interleaved, and what the machine's tools need for the parts.
# Sourced by bench/run.
#   bench/run pull [ROUNDS [SHAPE...]]
# Rounds (3; 0 to measure only the shapes) are of the real image with gzip and with zstd layers. Shapes (shared many tiny small; also
# large) are measured once, with fastrun only. Images are made once and kept in artifacts/bench-images.
#
# Every run gets a fresh ext4 with a journal in a loop device, because creating files on a used one costs what was done there
# before. All daemons are this script's own and end with it.

rounds=${1:-3}
shift $(($# > 0 ? 1 : 0))
shapes=("${@:-shared many tiny small}")
read -ra shapes <<<"${shapes[*]}"
[ "$(id -u)" = 0 ] || { say "bench/run pull needs root"; exit 1; }
install_packages mmdebstrap umoci skopeo docker-registry podman docker.io containerd e2fsprogs util-linux jq zstd isal \
  libdeflate-tools busybox-static python3 openssl
publish_if_stale

here=$root/bench/scenarios/pull
images=$root/artifacts/bench-images
"$here/make-images.sh" "$images" real "${shapes[@]}"

work=$(mktemp -d -t fastrun-bench-XXXXXX)
fs=$work/fs
mkdir "$fs"
registry_pid= daemon_pid= daemon_sock= note=()
TIMEFORMAT='%R %U %S'

stop_daemon() {
  if [ -n "$daemon_pid" ]; then
    kill "$daemon_pid" 2>/dev/null || true
    wait "$daemon_pid" 2>/dev/null || true
    daemon_pid=
  fi
}

# A pull of fastrun leaves a process that brings the image to the disk.
clear_fs() {
  while pgrep -f "^fastrun --data-root $fs/.* sync-image " >/dev/null; do sleep 0.1; done
  if mountpoint -q "$fs"; then umount -R "$fs" 2>/dev/null || { sleep 1; umount -R "$fs" || umount -l "$fs"; }; fi
  rm -f "$work/fs.ext4"
}

finish() {
  stop_daemon
  [ -z "$registry_pid" ] || { kill "$registry_pid" 2>/dev/null || true; wait "$registry_pid" 2>/dev/null || true; }
  clear_fs
  rm -rf --one-file-system "$work"
}
trap finish EXIT
trap 'exit 1' INT TERM

# fresh: a new file system at $fs, with nothing left to do in the background.
fresh() {
  stop_daemon
  clear_fs
  truncate -s 12G "$work/fs.ext4"
  mkfs.ext4 -q -F -E lazy_itable_init=0,lazy_journal_init=0 "$work/fs.ext4"
  mount -o loop,noatime "$work/fs.ext4" "$fs"
  sync
}

# The registry picks a free port and says in its log which.
cat >"$work/registry.yml" <<YAML
version: 0.1
log: {level: info, formatter: text}
storage: {filesystem: {rootdirectory: $work/registry}}
http: {addr: 127.0.0.1:0}
YAML
docker-registry serve "$work/registry.yml" >"$work/registry.log" 2>&1 &
registry_pid=$!
await grep -q 'listening on' "$work/registry.log"
registry=$(grep -o 'listening on [0-9.:]*' "$work/registry.log" | head -1 | cut -d' ' -f3)
for layout in "$images"/*/; do
  name=$(basename "$layout")
  case " real-gzip real-zstd ${shapes[*]} " in
    *" $name "*) skopeo --insecure-policy copy -q --dest-tls-verify=false "oci:$layout:latest" "docker://$registry/bench/$name:latest" ;;
  esac
done

# time_of COMMAND...: "wall user system" of it, in seconds, in $elapsed; fails when it does.
time_of() { elapsed=$({ time "$@" >"$work/output" 2>&1 </dev/null; } 2>&1); }

record() {
  local wall user system
  read -r wall user system <<<"$elapsed"
  echo "$1|$2|$wall|$(awk "BEGIN { print $user + $system }")" >>"$work/times"
}

# run NAME IMAGE: one measured run of that engine on a fresh file system.
run() {
  local engine=$1 image=$2
  case " ${broken:-} " in *" $engine/$image "*) return ;; esac
  fresh
  if "start_$engine" && time_of "pull_$engine" "$image"; then
    record "$engine" "$image"
  else
    note+=("$engine cannot pull $image: $(tail -1 "$work/output")")
    broken="${broken:-} $engine/$image"
  fi
}

# fastrun has no daemon; without a pull command of its own it runs from the layout.
fastrun="$binary --data-root $fs/data --run-root $fs/run"
start_fastrun() { :; }
if "$binary" pull --help >/dev/null 2>&1; then
  pull_fastrun() { $fastrun pull -q "$registry/bench/$1:latest"; }
else
  note+=("this fastrun has no pull command: it reads the layout instead of the registry")
  pull_fastrun() { $fastrun exec --network none --no-workspace "oci:$images/$1:latest" -- true; }
fi

start_docker() {
  daemon_sock=$work/docker.sock
  dockerd --data-root "$fs/docker" --exec-root "$fs/exec" --pidfile "$fs/docker.pid" -H "unix://$daemon_sock" \
    --bridge none --iptables=false --ip6tables=false --userland-proxy=false >"$work/output" 2>&1 &
  daemon_pid=$!
  await docker -H "unix://$daemon_sock" version
}
pull_docker() { docker -H "unix://$daemon_sock" pull -q "$registry/bench/$1:latest"; }

start_containerd() {
  daemon_sock=$work/containerd.sock
  printf 'version = 2\nroot = "%s"\nstate = "%s"\ndisabled_plugins = ["io.containerd.grpc.v1.cri"]\n[grpc]\naddress = "%s"\n' \
    "$fs/containerd" "$fs/state" "$daemon_sock" >"$work/containerd.toml"
  containerd --config "$work/containerd.toml" >"$work/output" 2>&1 &
  daemon_pid=$!
  await ctr -a "$daemon_sock" version
}
pull_containerd() { ctr -a "$daemon_sock" images pull --plain-http "$registry/bench/$1:latest"; }

start_podman() { :; }
pull_podman() {
  podman --root "$fs/podman" --runroot "$fs/run" --storage-driver overlay --cgroup-manager cgroupfs \
    pull -q --tls-verify=false "$registry/bench/$1:latest"
}

start_umoci() { :; }
pull_umoci() {
  skopeo --insecure-policy copy -q --src-tls-verify=false "docker://$registry/bench/$1:latest" "oci:$fs/layout:latest" &&
    umoci unpack --image "$fs/layout:latest" "$fs/bundle"
}

# The limits: the machine's best tools for each part, on all layers side by side.
blobs_of() {
  local layout=$images/$1 manifest
  manifest=$(jq -r '.manifests[0].digest | sub(":"; "/")' "$layout/index.json")
  jq -r '.layers[].digest | sub(":"; "/")' "$layout/blobs/$manifest" | sed "s|^|$layout/blobs/|"
}

side_by_side() {
  local pids=() input command=$1 status=0
  shift
  for input in "$@"; do $command "$input" & pids+=($!); done
  for pid in "${pids[@]}"; do wait "$pid" || status=1; done
  return $status
}

part_igzip() { igzip -dc <"$1" >/dev/null; }
part_libdeflate() { libdeflate-gunzip -c <"$1" >/dev/null; }
part_zstd() { zstd -dcq <"$1" >/dev/null; }
part_sha256() { openssl dgst -sha256 "$1"; }
part_untar() {
  mkdir "$fs/$(basename "$1")"
  tar --numeric-owner -C "$fs/$(basename "$1")" -xf "$1"
}

limits() {
  local image=$1 blobs tars=() tool
  mapfile -t blobs < <(blobs_of "$image")
  for blob in "${blobs[@]}"; do
    tars+=("$work/tars/$(basename "$blob")")
    if [ ! -e "${tars[-1]}" ]; then
      mkdir -p "$work/tars"
      case $image in *zstd) zstd -dcq <"$blob" ;; *) gzip -dc <"$blob" ;; esac >"${tars[-1]}"
    fi
  done
  case $image in *zstd) set -- zstd ;; *) set -- igzip libdeflate ;; esac
  for tool in "$@"; do time_of side_by_side "part_$tool" "${blobs[@]}" && record "limit: $tool" "$image"; done
  time_of side_by_side part_sha256 "${blobs[@]}" "${tars[@]}" && record "limit: sha256" "$image"
  fresh
  time_of side_by_side part_untar "${tars[@]}" && record "limit: tar -x" "$image"
}

echo "$rounds rounds, $(nproc) processors, Linux $(uname -r)"
for ((round = 0; round < rounds; round++)); do
  for image in real-gzip real-zstd; do
    for engine in fastrun docker containerd podman umoci; do run $engine $image; done
    limits $image
  done
done
fresh

# Sorted by time: the median and the least of each, its processor time, and how many times fastrun's median.
for image in real-gzip real-zstd; do
  [ "$rounds" -gt 0 ] || break
  echo
  echo "$image"
  awk -F'|' -v image="$image" '$2 == image { print $1 "|" $3 "|" $4 }' "$work/times" | sort -t'|' -k1,1 -k2,2n | awk -F'|' -v cores="$(nproc)" '
    $1 != name { if (name != "") flush(); name = $1; n = 0; cpu = 1e9 }
    { value[++n] = $2; if ($3 < cpu) cpu = $3 }
    function flush() { median[name] = value[int((n + 1) / 2)]; least[name] = value[1]; processor[name] = cpu; order[++count] = name }
    END {
      flush()
      base = median["fastrun"]
      printf "%-20s %9s %9s %9s %9s\n", "", "median s", "least s", "user+sys", "times"
      for (i = 1; i <= count; i++) {
        name = order[i]
        printf "%-20s %9.2f %9.2f %9s %9.2f\n", name, median[name], least[name],
          name ~ /docker|containerd/ ? "-" : sprintf("%.2f", processor[name]), median[name] / base
      }
      for (name in processor) if (name ~ /^limit: (igzip|libdeflate|zstd)$/ && (!best || processor[name] < best)) best = processor[name]
      need = (best + processor["limit: sha256"] + processor["limit: tar -x"]) / cores
      printf "what the cores need for decompressing, digesting and writing: %.2f s; fastrun takes %.2f times that\n", need, base / need
    }'
done

echo
for shape in "${shapes[@]}"; do
  fresh
  if time_of pull_fastrun "$shape"; then echo "$shape: wall, user, system: $elapsed s"; else note+=("$shape: $(tail -1 "$work/output")"); fi
  case $shape in
    shared)
      fresh
      pull_fastrun real-gzip >/dev/null 2>&1 && time_of pull_fastrun shared && echo "shared, all but one layer there: $elapsed s"
      time_of pull_fastrun shared && echo "shared, everything there: $elapsed s"
      ;;
    small)
      if "$binary" pull --help >/dev/null 2>&1; then
        fresh
        time_of $fastrun exec --network none --no-workspace "$registry/bench/small:latest" -- true && echo "cold exec of a small image from the registry: $elapsed s"
      fi
      ;;
  esac
done

# The most private memory of one pull, looked at every few milliseconds.
for image in real-gzip real-zstd; do
  [ "$rounds" -gt 0 ] || break
  fresh
  pull_fastrun $image >/dev/null 2>&1 &
  pulling=$!
  most=0
  while kill -0 "$pulling" 2>/dev/null; do
    for process in $(pgrep -f "^$binary --data-root $fs/data"); do
      now=$(awk '/^Private/ { sum += $2 } END { print sum + 0 }' "/proc/$process/smaps_rollup" 2>/dev/null || echo 0)
      if [ "${now:-0}" -gt "$most" ]; then most=$now; fi
    done
    sleep 0.02
  done
  wait "$pulling" || true
  echo "most private memory while pulling $image: $((most / 1024)) MiB"
done
[ ${#note[@]} = 0 ] || printf 'note: %s\n' "${note[@]}"
