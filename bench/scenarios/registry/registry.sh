# A registry of one's own beside the distribution project's, on loopback: the same clients, both servers interleaved. Sourced by bench/run.
#   bench/run registry [ROUNDS [IMAGE]]
# IMAGE (real-gzip) is one of those that bench/run pull makes and keeps in artifacts/bench-images. Each round starts both servers empty. Cases:
#   push       skopeo copies the image to it, blobs as they are
#   pull       skopeo copies it to a directory, which hashes all blobs
#   fastrun    fastrun pulls it into an empty store
#   blob       curl reads the largest blob, eight at once
#   cold       a cache before another registry, empty: skopeo copies the image to a directory
#   warm       the same again
# Times are the client's; `server` is the processor time and the most memory that the server itself took for all of its requests of a case.

rounds=${1:-3}
image=${2:-real-gzip}
[ "$(id -u)" = 0 ] || { say "bench/run registry needs root"; exit 1; }
install_packages mmdebstrap umoci skopeo docker-registry curl jq zstd busybox-static python3
publish_if_stale
images=$root/artifacts/bench-images
"$root/bench/scenarios/pull/make-images.sh" "$images" "${image/#real-*/real}"

work=$(mktemp -d -t fastrun-bench-XXXXXX)
declare -A pid=() at=()
note=()
TIMEFORMAT='%R'
ticks=$(getconf CLK_TCK)

stop() {
  local name
  for name in "$@"; do
    if [ -n "${pid[$name]:-}" ]; then
      kill "${pid[$name]}" 2>/dev/null || true
      wait "${pid[$name]}" 2>/dev/null || true
      unset "pid[$name]"
    fi
  done
}

finish() {
  stop "${!pid[@]}"
  rm -rf --one-file-system "$work"
}
trap finish EXIT
trap 'exit 1' INT TERM

# start SERVER NAME [UPSTREAM]: an empty one, on a free port; with an upstream a cache before it.
start() {
  local server=$1 name=$2 upstream=${3:-}
  stop "$name"
  rm -rf "$work/$name" "$work/$name.log"
  if [ "$server" = fastrun ]; then
    if [ -n "$upstream" ]; then set -- --mirror-of "$upstream"; else set --; fi
    "$binary" registry serve --listen 127.0.0.1:0 "$@" "$work/$name" >"$work/$name.log" 2>&1 &
    pid[$name]=$!
    await grep -q 'listening at' "$work/$name.log"
    at[$name]=$(sed -n 's#^listening at http://##p' "$work/$name.log")
  else
    {
      printf 'version: 0.1\nlog: {level: error, formatter: text, accesslog: {disabled: true}}\nstorage: {filesystem: {rootdirectory: %s}}\nhttp: {addr: 127.0.0.1:0}\n' "$work/$name"
      [ -z "$upstream" ] || printf 'proxy: {remoteurl: "http://%s"}\n' "$upstream"
    } >"$work/$name.yml"
    docker-registry serve "$work/$name.yml" >"$work/$name.log" 2>&1 &
    pid[$name]=$!
    # Below level info it does not say where it listens.
    await listens "${pid[$name]}"
    at[$name]=127.0.0.1:$(port "${pid[$name]}")
  fi
}

# port PID: the port that a process listens on.
port() {
  local inodes hex
  inodes=$(find "/proc/$1/fd" -lname 'socket:*' -printf '%l\n' 2>/dev/null | tr -dc '0-9\n' | paste -sd'|')
  [ -n "$inodes" ] || return 1
  hex=$(awk -v wanted="^($inodes)\$" '$4 == "0A" && $10 ~ wanted { n = split($2, part, ":"); print part[n]; exit }' "/proc/$1/net/tcp" "/proc/$1/net/tcp6")
  [ -n "$hex" ] && echo $((16#$hex))
}
listens() { port "$1" >/dev/null; }

# spent PID: its processor time in hundredths of a second, and the most memory it had, in KiB.
spent() {
  awk -v t="$ticks" '{ sub(/^.*\) /, ""); printf "%d ", ($12 + $13) * 100 / t }' "/proc/$1/stat"
  awk '/^VmHWM/ { print $2 }' "/proc/$1/status"
}

# run CASE SERVER NAME COMMAND...: one measured command against a server.
run() {
  local case=$1 server=$2 name=$3 before after wall memory
  shift 3
  read -r before _ <<<"$(spent "${pid[$name]}")"
  if wall=$({ time "$@" >"$work/output" 2>&1 </dev/null; } 2>&1); then
    read -r after memory <<<"$(spent "${pid[$name]}")"
    echo "$case|$server|$wall|$((after - before))|$memory" >>"$work/times"
  else
    note+=("$case: $server: $(tail -1 "$work/output")")
  fi
}

copy() { skopeo --insecure-policy copy -q --src-tls-verify=false --dest-tls-verify=false "$@"; }
to_directory() { rm -rf "$work/dir"; copy "docker://$1" "dir:$work/dir"; }
into_store() { rm -rf "$work/data" "$work/run"; "$binary" --data-root "$work/data" --run-root "$work/run" pull -q "$1"; }
# Each reads all of it, and throws it away.
eight() { local i; local -a readers=(); for i in 1 2 3 4 5 6 7 8; do curl -sSf -o /dev/null "$1" & readers+=($!); done; wait "${readers[@]}"; }

manifest=$images/$image/blobs/sha256/$(jq -r '.manifests[0].digest' "$images/$image/index.json" | cut -d: -f2)
largest=$(jq -r '[.layers[]] | max_by(.size) | .digest' "$manifest")
for ((round = 0; round < rounds; round++)); do
  for server in fastrun docker-registry; do
    start $server own
    target=${at[own]}/bench/image:latest
    run push $server own copy "oci:$images/$image:latest" "docker://$target"
    run pull $server own to_directory "$target"
    run fastrun $server own into_store "$target"
    while pgrep -f "^fastrun --data-root $work/.* sync-image " >/dev/null; do sleep 0.1; done
    run blob $server own eight "http://${at[own]}/v2/bench/image/blobs/$largest"
    start $server cache "${at[own]}"
    run cold $server cache to_directory "${at[cache]}/bench/image:latest"
    run warm $server cache to_directory "${at[cache]}/bench/image:latest"
    stop cache own
  done
done

bytes=$(jq -r '[.layers[].size] | add' "$manifest")
echo "$image, $((bytes >> 20)) MiB in $(jq -r '.layers | length' "$manifest") blobs, $rounds rounds, $(nproc) processors, Linux $(uname -r)"
for case in push pull fastrun blob cold warm; do
  echo
  echo "$case"
  awk -F'|' -v wanted="$case" '$1 == wanted { print $2 "|" $3 "|" $4 "|" $5 }' "$work/times" | sort -t'|' -k1,1 -k2,2n | awk -F'|' '
    $1 != name { if (name != "") flush(); name = $1; n = 0; cpu = 1e9; memory = 0 }
    { value[++n] = $2; if ($3 < cpu) cpu = $3; if ($4 > memory) memory = $4 }
    function flush() { median[name] = value[int((n + 1) / 2)]; least[name] = value[1]; processor[name] = cpu; most[name] = memory; order[++count] = name }
    END {
      if (name == "") exit
      flush()
      base = median["fastrun"] > 0 ? median["fastrun"] : 0.001
      printf "%-16s %9s %9s %12s %12s %7s\n", "", "median s", "least s", "server cpu s", "server MiB", "times"
      for (i = 1; i <= count; i++) {
        name = order[i]
        printf "%-16s %9.2f %9.2f %12.2f %12.1f %7.2f\n", name, median[name], least[name], processor[name] / 100, most[name] / 1024, median[name] / base
      }
    }'
done
[ ${#note[@]} = 0 ] || printf 'note: %s\n' "${note[@]}"
