# One warm start of `true` in a busybox container, whole commands, all engines interleaved. Sourced by bench/run.

rounds=${1:-100}
. "$root/bench/scenarios/engines.sh"
install_packages bubblewrap
here=$root/bench/scenarios/launch

start_fastrun
warm="$fastrun exec --network none --no-workspace bench/busybox:latest -- true"
add "fastrun exec" - "$warm"

# The floor: the same system calls from C.
gcc -O2 -Wall -static -I "$root/src/FastRun.Native/Launch" -o "$work/floor" "$here/floor.c"
dotnet run -c Release --project "$root/bench/FastRun.Benchmarks" -- \
  dump-tape "$work/fastrun/data" "$work/fastrun/run" bench/busybox:latest "$work/tape"
command="$work/floor $work/tape"
if works "$command"; then add "floor (C)" - "$command"; else note+=("floor: $(tail -1 "$work/error")"); fi

# The same container for crun and runc: fastrun's namespaces.
fresh bundle
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

if start_podman; then
  add "podman run --network none" "$view" "$podman run --rm --network none $podman_flags bench/busybox:latest /bin/true"
fi

start_docker
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
