# Builds, against docker's classic builder and buildah. Sourced by bench/run.
#   bench/run build [ROUNDS [FILES]]
# Rounds (5) interleaved, the least of the real time of each: a build of 30 steps that are all cached; 30 trivial RUNs of which none is;
# a COPY of FILES (50000) small files that changed. Steps have no network. docker's daemon has what the machine has otherwise.

rounds=${1:-5}
files=${2:-50000}
bench_programs=()
. "$root/bench/scenarios/engines.sh"
install_packages buildah
TIMEFORMAT='%R %U %S'

mkdir -p "$work/steps" "$work/copy/files"
{
  echo 'FROM bench/busybox:latest'
  echo 'ARG SEED=0'
  for i in $(seq 30); do echo "RUN true $i"; done
} >"$work/steps/Dockerfile"
printf 'FROM bench/busybox:latest\nCOPY files /files\n' >"$work/copy/Dockerfile"
for ((i = 0; i < files; i++)); do
  ((i % 1000)) || mkdir -p "$work/copy/files/$((i / 1000))"
  echo "$i" >"$work/copy/files/$((i / 1000))/$i"
done

start_fastrun 8G
engines=("fastrun|$fastrun build --network none --progress quiet")
start_docker 8G && engines+=("docker (classic)|env DOCKER_BUILDKIT=0 $docker build --network none -q")
if have_buildah=$(command -v buildah); then
  fresh buildah 8G
  buildah=("$have_buildah" --root "$work/buildah/root" --runroot "$work/buildah/run" --storage-driver overlay)
  "${buildah[@]}" pull -q "oci:$work/layout:latest" >/dev/null 2>"$work/error" \
    && "${buildah[@]}" tag "$("${buildah[@]}" images -q | head -1)" bench/busybox:latest \
    && engines+=("buildah|${buildah[*]} bud --layers --network none --isolation oci --runtime crun -q") || note+=("buildah: $(tail -1 "$work/error")")
fi

declare -A least
# took NAME COMMAND...: keeps the least real time of what has this name.
took() {
  local name=$1 line real _
  shift
  sync
  line=$( { time "$@" >/dev/null 2>"$work/error" </dev/null; } 2>&1) || { note+=("$name failed: $(tail -1 "$work/error")"); return 0; }
  read -r real _ _ <<<"$(tail -1 <<<"$line")"
  if [ -z "${least[$name]:-}" ] || awk "BEGIN { exit !($real < ${least[$name]}) }"; then least[$name]=$real; fi
}

for round in $(seq "$rounds"); do
  for engine in "${engines[@]}"; do
    IFS='|' read -r name command <<<"$engine"
    took "30 RUNs $name" $command --build-arg "SEED=$round" -t "made:$round" "$work/steps"
    took "30 cached steps $name" $command --build-arg "SEED=$round" -t "made:$round" "$work/steps"
    echo "$round" >"$work/copy/files/changed"
    took "COPY of $files files $name" $command -t "copied:$round" "$work/copy"
  done
done

printf '%-50s %s\n' 'least of the real time, in seconds' ''
for name in "${!least[@]}"; do printf '%-50s %8.3f\n' "$name" "${least[$name]}"; done | sort
[ ${#note[@]} -eq 0 ] || printf 'note: %s\n' "${note[@]}"
