# Builds, against docker's classic builder, its BuildKit, and buildah. Sourced by bench/run.
#   bench/run build [ROUNDS [FILES]]
# Rounds (5) interleaved, the least of the real time of each:
#   30 trivial RUNs of which none is cached, and the same again with all of them cached;
#   a COPY of FILES (50000) small files of which one changed, and the same again with nothing changed;
#   eight stages of five trivial RUNs each that need nothing of each other, and one that copies from all;
#   a real C project: lua's sources of Debian, copied and compiled in an image with gcc;
#   a real node project: packages of npm, installed offline from a cache that is copied, and bundled to one file.
# Steps have no network. What has to be fetched for that is kept in artifacts/bench-images.
# Beside them the plain commands: cp of the files, make and npm in a chroot of the same image on a file system of its own. No builder
# can be quicker than these by being a better builder, so what one adds to them is what it takes itself.

rounds=${1:-5}
files=${2:-50000}
bench_programs=()
. "$root/bench/scenarios/engines.sh"
install_packages buildah mmdebstrap
TIMEFORMAT='%R %U %S'
kept=$root/artifacts/bench-images
mkdir -p "$kept" "$work/steps" "$work/copy/files" "$work/stages" "$work/c" "$work/node"

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

{
  echo 'ARG SEED=0'
  for stage in $(seq 8); do
    printf 'FROM bench/busybox:latest AS stage%s\nARG SEED\n' "$stage"
    for i in $(seq 5); do echo "RUN echo $stage $i >/made-$stage-$i"; done
  done
  echo 'FROM bench/busybox:latest'
  for stage in $(seq 8); do echo "COPY --from=stage$stage /made-$stage-5 /"; done
} >"$work/stages/Dockerfile"

# image NAME PACKAGES: a root of Debian as a docker archive bench/NAME:latest in $kept, made once.
image() {
  local name=$1 packages=$2
  [ ! -e "$kept/$name.tar" ] || return 0
  say "making the image bench/$name"
  mmdebstrap --quiet --variant=apt --include="$packages" bookworm "$work/$name.root.tar" >"$work/error" 2>&1 || return 1
  umoci init --layout "$work/$name.layout"
  umoci new --image "$work/$name.layout:latest"
  umoci raw add-layer --image "$work/$name.layout:latest" "$work/$name.root.tar"
  skopeo --insecure-policy copy -q "oci:$work/$name.layout:latest" "docker-archive:$work/$name.tar:bench/$name:latest"
  mv "$work/$name.tar" "$kept/$name.tar"
  rm -rf "$work/$name.layout" "$work/$name.root.tar"
}

# The sources as Debian has them, whether or not the machine's own list has any.
lua_sources() {
  [ ! -e "$kept/lua.tar" ] || return 0
  local place=$work/apt mirror
  mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | head -1)
  mkdir -p "$place/lists/partial"
  echo "deb-src [trusted=yes] $mirror bookworm main" >"$place/list"
  local options=(-o "Dir::Etc::sourcelist=$place/list" -o Dir::Etc::sourceparts=/dev/null -o "Dir::State::lists=$place/lists")
  apt-get "${options[@]}" update -q >"$work/error" 2>&1 &&
    (cd "$place" && apt-get "${options[@]}" source --download-only -q lua5.4 >"$work/error" 2>&1) || return 1
  mkdir "$place/lua"
  tar -C "$place/lua" --strip-components 1 -xf "$place"/lua5.4_*.orig.tar.*
  tar -C "$place" -cf "$kept/lua.tar" lua
}

# npm itself and the packages of a small project, by one install with the network, whose cache is kept.
node_project() {
  [ ! -e "$kept/node-project.tar" ] || return 0
  local place=$work/node-project
  mkdir -p "$place/npm" "$place/src"
  command -v npm >/dev/null || { echo "npm is not installed" >"$work/error"; return 1; }
  (cd "$work" && npm pack --silent npm@9.9.4 >/dev/null 2>"$work/error") || return 1
  tar -C "$place/npm" --strip-components 1 -xzf "$work/npm-9.9.4.tgz"
  cat >"$place/package.json" <<'END'
{
  "name": "bench", "version": "1.0.0", "private": true,
  "scripts": { "build": "rollup -c" },
  "dependencies": { "lodash-es": "4.17.21", "date-fns": "2.30.0", "rxjs": "7.8.1" },
  "devDependencies": { "rollup": "2.79.1", "@rollup/plugin-node-resolve": "15.2.3" }
}
END
  cat >"$place/rollup.config.mjs" <<'END'
import resolve from '@rollup/plugin-node-resolve';
export default { input: 'src/main.js', output: { file: 'dist/main.js', format: 'cjs' }, plugins: [resolve()] };
END
  cat >"$place/src/main.js" <<'END'
import { groupBy } from 'lodash-es';
import { format } from 'date-fns';
import { of, map } from 'rxjs';
of(1, 2, 3).pipe(map((x) => x * 2)).subscribe((x) => console.log(format(new Date(0), 'yyyy'), groupBy([x], (y) => y % 2)));
END
  # By the npm that will read the cache, and with the addresses that it finds there.
  (cd "$place" && node npm/bin/npm-cli.js install --cache ./npm-cache --no-audit --no-fund --ignore-scripts --omit-lockfile-registry-resolved=false) >"$work/error" 2>&1 || return 1
  rm -rf "$place/node_modules" "$place/npm-cache/_logs"
  tar -C "$work" -cf "$kept/node-project.tar" node-project
}

start_fastrun 8G
images=()
if image c gcc,libc6-dev,make && lua_sources; then
  images+=(c)
  tar -C "$work/c" -xf "$kept/lua.tar"
  printf 'FROM bench/c:latest\nARG SEED=0\nWORKDIR /src\nCOPY lua .\nRUN make -s -j2 -C src linux\nRUN src/lua -v\n' >"$work/c/Dockerfile"
else
  note+=("the C project: $(tail -1 "$work/error")")
fi

if image node nodejs && node_project; then
  images+=(node)
  tar -C "$work/node" -xf "$kept/node-project.tar"
  cat >"$work/node/Dockerfile" <<'END'
FROM bench/node:latest
ARG SEED=0
WORKDIR /app
COPY node-project/npm /npm
COPY node-project/package.json node-project/package-lock.json ./
COPY node-project/npm-cache /cache
RUN node /npm/bin/npm-cli.js ci --offline --cache /cache --no-audit --no-fund --ignore-scripts
COPY node-project/rollup.config.mjs ./
COPY node-project/src src
RUN node /npm/bin/npm-cli.js run build && node dist/main.js
END
else
  note+=("the node project: $(tail -1 "$work/error")")
fi

for name in "${images[@]}"; do $fastrun load -q -i "$kept/$name.tar" >/dev/null; done
engines=("fastrun|$fastrun build --network none --progress quiet")
if start_docker 12G; then
  for name in "${images[@]}"; do $docker load -q -i "$kept/$name.tar" >/dev/null; done
  engines+=("docker (classic)|env DOCKER_BUILDKIT=0 $docker build --network none -q")

  # Debian's own client has BuildKit's protocol built in; a newer one needs the plugin buildx for it.
  engines+=("docker (BuildKit)|env DOCKER_BUILDKIT=1 /usr/bin/$docker build --network none -q")
fi

if have_buildah=$(command -v buildah); then
  fresh buildah 12G
  buildah=("$have_buildah" --root "$work/buildah/root" --runroot "$work/buildah/run" --storage-driver overlay)
  pulled=yes
  for archive in "$work/busybox.tar" "${images[@]/#/$kept/}"; do
    "${buildah[@]}" pull -q "docker-archive:${archive%.tar}.tar" >/dev/null 2>"$work/error" || pulled=
  done
  if [ -n "$pulled" ]; then
    # Its crun does not run on every machine; without a runtime it has less to do.
    printf 'FROM bench/busybox:latest\nRUN true\n' >"$work/probe"
    isolation="--network none --isolation oci --runtime crun"
    if ! works "${buildah[*]} bud $isolation -q -f $work/probe $work/stages" "$view"; then
      note+=("buildah runs no container here ($(tail -1 "$work/error")): measured with --isolation chroot, which spares it work")
      isolation="--network host --isolation chroot"
    fi
    engines+=("buildah|${buildah[*]} bud --layers $isolation -q")
  else
    note+=("buildah: $(tail -1 "$work/error")")
  fi
fi

# The roots of the projects' images for the plain commands.
fresh plain 8G
declare -A plain
for name in "${images[@]}"; do
  mkdir -p "$work/plain/$name" "$work/unpacked"
  tar -C "$work/unpacked" -xf "$kept/$name.tar"
  for layer in $(jq -r '.[0].Layers[]' "$work/unpacked/manifest.json"); do tar -C "$work/plain/$name" -xf "$work/unpacked/$layer"; done
  rm -rf "$work/unpacked"
  mount --bind /dev "$work/plain/$name/dev"
  mounts+=("$work/plain/$name/dev")
  mount -t proc none "$work/plain/$name/proc"
  mounts+=("$work/plain/$name/proc")
done
plain[c]="make -s -j2 -C /src/src linux && /src/src/lua -v"
plain[node]="cd /app && node /npm/bin/npm-cli.js ci --offline --cache /cache --no-audit --no-fund --ignore-scripts && cp -r /rest/* . &&
  node /npm/bin/npm-cli.js run build && node dist/main.js"

# prepare PROJECT: the project's files where its plain commands expect them, as COPY would leave them.
prepare() {
  local place=$work/plain/$1
  rm -rf "$place"/{src,app,npm,cache,rest}
  case $1 in
    c) cp -a "$work/c/lua" "$place/src" ;;
    node)
      mkdir "$place/app" "$place/rest"
      cp -a "$work/node/node-project/npm" "$place/npm"
      cp -a "$work/node/node-project/npm-cache" "$place/cache"
      cp -a "$work/node/node-project"/package*.json "$place/app"
      cp -a "$work/node/node-project"/{rollup.config.mjs,src} "$place/rest"
      ;;
  esac
}

declare -A least
# took NAME COMMAND...: keeps the least real time of what has this name.
took() {
  local name=$1 line real _
  shift
  sync
  line=$( { time nsenter --mount="$namespace" "$@" >/dev/null 2>"$work/error" </dev/null; } 2>&1) || { note+=("$name failed: $(tail -1 "$work/error")"); return 0; }
  read -r real _ _ <<<"$(tail -1 <<<"$line")"
  if [ -z "${least[$name]:-}" ] || awk "BEGIN { exit !($real < ${least[$name]}) }"; then least[$name]=$real; fi
}

for round in $(seq "$rounds"); do
  for engine in "${engines[@]}"; do
    IFS='|' read -r name command <<<"$engine"
    # crun knows the unified hierarchy only.
    namespace=/proc/self/ns/mnt
    [ "$name" != buildah ] || namespace=$view
    took "30 RUNs $name" $command --build-arg "SEED=$round" -t "made:$round" "$work/steps"
    took "30 cached steps $name" $command --build-arg "SEED=$round" -t "made:$round" "$work/steps"
    echo "$round" >"$work/copy/files/changed"
    took "COPY of $files files $name" $command -t "copied:$round" "$work/copy"
    took "COPY of $files files, cached $name" $command -t "copied:$round" "$work/copy"
    took "eight stages $name" $command --build-arg "SEED=$round" -t "stages:$round" "$work/stages"
    for project in "${images[@]}"; do
      echo "$round" >"$work/$project/$([ "$project" = c ] && echo lua/round || echo node-project/npm/round)"
      took "$project project $name" $command --build-arg "SEED=$round" -t "$project:$round" "$work/$project"
    done
  done
  namespace=/proc/self/ns/mnt
  rm -rf "$work/plain/files"
  took "COPY of $files files plain command" sh -c "cp -a $work/copy/files $work/plain/ && sync -f $work/plain"
  for project in "${images[@]}"; do
    prepare "$project"
    took "$project project plain command" unshare --net chroot "$work/plain/$project" sh -c "${plain[$project]}"
  done
done

# The table of docs/performance.md: the best of the others is what fastrun is compared with.
columns=()
for engine in "${engines[@]}"; do columns+=("${engine%%|*}"); done
columns+=("plain command")
printf 'least of the real time of %s rounds, in seconds\n\n|' "$rounds"
for column in "" "${columns[@]}" "best of the others / fastrun"; do printf ' %s |' "$column"; done
printf '\n|---|'
for column in "${columns[@]}" ratio; do printf -- '---:|'; done
printf '\n'
for row in "30 RUNs" "30 cached steps" "COPY of $files files" "COPY of $files files, cached" "eight stages" "c project" "node project"; do
  printf '| %s |' "$row"
  best=
  for column in "${columns[@]}"; do
    seconds=${least[$row $column]:-}
    printf ' %s |' "$seconds"
    case $column in
      fastrun | "plain command") ;;
      *) if [ -n "$seconds" ] && { [ -z "$best" ] || awk "BEGIN { exit !($seconds < $best) }"; }; then best=$seconds; fi ;;
    esac
  done
  [ -z "$best" ] || [ -z "${least[$row fastrun]:-}" ] || awk "BEGIN { printf \" %.1fx\", $best / ${least[$row fastrun]} }"
  printf ' |\n'
done
printf '\n'
[ ${#note[@]} -eq 0 ] || printf 'note: %s\n' "${note[@]}"
