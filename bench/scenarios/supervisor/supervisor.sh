# What the process costs that holds a detached container: memory that is nobody else's, of fastrun's supervisor, docker's
# containerd-shim and podman's conmon, with several containers that only wait. Sourced by bench/run.
#   bench/run supervisor [CONTAINERS]

containers=${1:-10}
. "$root/bench/scenarios/engines.sh"

end_containers() {
  $fastrun ps -aq | xargs -r $fastrun rm -f >/dev/null 2>&1 || true
  nsenter --mount="$view" $podman rm -af >/dev/null 2>&1 || true
}

start_fastrun
engines=("fastrun|-|$fastrun|")
start_podman && engines+=("podman|$view|$podman|$podman_flags")
start_docker
engines+=("docker|-|$docker|")
for engine in "${engines[@]}"; do
  IFS='|' read -r name namespace program flags <<<"$engine"
  [ "$namespace" != - ] || namespace=/proc/self/ns/mnt
  for _ in $(seq "$containers"); do
    nsenter --mount="$namespace" $program run -d --network none $flags bench/busybox:latest sleep 1000000 >/dev/null
  done
done
sleep 3

# holders PATTERN: the processes whose command line has it.
holders() { grep -lzaE "$1" /proc/[0-9]*/cmdline 2>/dev/null | grep -oE '[0-9]+' || true; }

# sum PATTERN NAME: a row of the table. A watcher shares its supervisor's memory, and is not counted once more.
sum() {
  local pids pid
  pids=" $(holders "$1" | tr '\n' ' ') "
  for pid in $pids; do
    { tr '\0' ' ' <"/proc/$pid/cmdline"; } 2>/dev/null | grep -qF "$work" || continue
    case $pids in *" $(awk '/^PPid:/ { print $2 }' "/proc/$pid/status") "*) continue ;; esac
    awk '/^(Private_|Pss:)/ { k[$1 ~ /^Pss/ ? "pss" : "private"] += $2 } END { print k["private"], k["pss"] }' "/proc/$pid/smaps_rollup"
  done | awk -v name="$2" '{ private += $1; pss += $2; n++ } END { if (n) printf "| %s | %d | %.0f KiB | %.0f KiB |\n", name, n, private / n, pss / n }'
}

echo "$containers containers each, Linux $(uname -r); a process, on average:"
echo "| holder | processes | private | proportional |"
echo "|---|---|---|---|"
sum 'supervise' "fastrun supervisor"
sum 'conmon' "podman conmon"
sum 'containerd-shim' "docker containerd-shim"
printf '%s\n' "${note[@]}"
