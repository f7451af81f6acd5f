# `true` in a container that runs: whole commands from their start to their end, all engines interleaved. Sourced by bench/run.

rounds=${1:-100}
. "$root/bench/scenarios/engines.sh"

end_containers() {
  $fastrun ps -aq | xargs -r $fastrun rm -f >/dev/null 2>&1 || true
  nsenter --mount="$view" $podman rm -af >/dev/null 2>&1 || true
  # Each where it was started: runc does not find its groups in the other view.
  nsenter --mount="$view" crun --root "$work/bundle/state-crun" delete -f bench-crun >/dev/null 2>&1 || true
  runc --root "$work/bundle/state-runc" delete -f bench-runc >/dev/null 2>&1 || true
}

start_fastrun
$fastrun run -d --network none --name bench bench/busybox:latest sleep 1000000 >/dev/null
add "fastrun exec" - "$fastrun exec bench /bin/true"

# The same container for crun and runc: fastrun's namespaces, the defaults of runc for the rest, and a seccomp filter for none.
mkdir "$work/bundle"
cp -a "$work/rootfs" "$work/bundle/rootfs"
for runtime in crun runc; do
  mkdir "$work/bundle/$runtime"
  (cd "$work/bundle/$runtime" && runc spec)
  jq --arg root "$work/bundle/rootfs" '.process.terminal = false | .process.args = ["/bin/sleep", "1000000"] | .root.path = $root
    | .linux.namespaces = [("pid", "network", "ipc", "uts", "mount", "cgroup") | {type: .}]
    | del(.process.rlimits) | del(.linux.resources)' "$work/bundle/$runtime/config.json" >"$work/config.json"
  mv "$work/config.json" "$work/bundle/$runtime/config.json"
  namespace=$([ $runtime = crun ] && echo "$view" || echo -)
  if works "$runtime --root $work/bundle/state-$runtime run -d --bundle $work/bundle/$runtime bench-$runtime" "${namespace/#-//proc/self/ns/mnt}"; then
    add "$runtime exec" "$namespace" "$runtime --root $work/bundle/state-$runtime exec bench-$runtime /bin/true"
  else
    note+=("$runtime run -d: $(tail -1 "$work/error")")
  fi
done

if start_podman; then
  nsenter --mount="$view" $podman run -d --network none $podman_flags --name bench bench/busybox:latest sleep 1000000 >/dev/null
  add "podman exec" "$view" "$podman exec bench /bin/true"
fi
start_docker
$docker run -d --network none --name bench bench/busybox:latest sleep 1000000 >/dev/null
add "docker exec" - "$docker exec bench /bin/true"

add "fastrun exec -d" - "$fastrun exec -d bench /bin/true"
add "fastrun version" - "$binary version"
add "/bin/true" - "/bin/true"

echo "$rounds rounds, $(nproc) processors, Linux $(uname -r)"
"$work/measure" compare "$rounds" <"$commands"
[ ${#note[@]} = 0 ] || printf 'note: %s\n' "${note[@]}"
$docker rm -f bench >/dev/null
stop_dockerd
echo
echo "without dockerd beside:"
grep -E '^(fastrun|crun|runc)' "$commands" | "$work/measure" compare "$rounds"
echo
"$work/measure" rate 400 1 $fastrun exec bench /bin/true
"$work/measure" rate 400 8 $fastrun exec bench /bin/true
