#!/usr/bin/env bash
# Makes the images that bench/run pull measures, as OCI layouts, and keeps them.
#   make-images.sh CACHE SHAPE...
# real: three layers of Debian packages, about 0.9 GB and 50,000 files unpacked, as real-gzip and real-zstd.
# many: 60 small layers.  large: one layer of 4 GB.  tiny: one layer of 200,000 small files.
# shared: real-gzip with another last layer.  small: a shell.
# The packages come from wherever this machine's apt gets them.
set -euo pipefail
mkdir -p "$1"
cache=$(readlink -f "$1")
shift
export LC_ALL=C DEBIAN_FRONTEND=noninteractive
suite=$(. /etc/os-release && echo "$VERSION_CODENAME")
work=$(mktemp -d "$cache/.making-XXXXXX")

finish() {
  for ((i = ${#mounted[@]} - 1; i >= 0; i--)); do umount "${mounted[i]}" 2>/dev/null || umount -l "${mounted[i]}" || true; done
  rm -rf --one-file-system "$work"
}
mounted=()
trap finish EXIT
trap 'exit 1' INT TERM

sources() {
  find /etc/apt/sources.list /etc/apt/sources.list.d -type f \( -name '*.list' -o -name '*.sources' \) -size +0 2>/dev/null | sort
}

# layout NAME TAR...: an image of gzip layers, compressed as Go's tools do it.
layout() {
  local name=$1 tar image=$work/layouts/$1
  shift
  mkdir -p "$work/layouts"
  umoci init --layout "$image"
  umoci new --image "$image:latest"
  for tar in "$@"; do umoci raw add-layer --image "$image:latest" "$tar"; done
  umoci config --image "$image:latest" --config.cmd /bin/true
  umoci gc --layout "$image"
  mv "$image" "$cache/$name"
}

# install LAYER PACKAGE...: what installing packages adds to the layers below, as an image build sees it.
lowers=
install() {
  local layer=$1
  shift
  mkdir -p "$work/$layer" "$work/$layer.work" "$work/merged"
  mount -t overlay none -o "lowerdir=$lowers,upperdir=$work/$layer,workdir=$work/$layer.work" "$work/merged"
  mounted+=("$work/merged")
  mount -t proc none "$work/merged/proc"
  mounted+=("$work/merged/proc")
  chroot "$work/merged" apt-get -q -o APT::Install-Recommends=false install -y "$@" >"$work/log" 2>&1 </dev/null || { cat "$work/log" >&2; exit 1; }
  umount "$work/merged/proc"
  umount "$work/merged"
  mounted=()
  rm -rf "$work/$layer"/var/cache/apt/archives/*.deb
  find "$work/$layer" -type c | while read -r hidden; do
    rm "$hidden"
    : >"$(dirname "$hidden")/.wh.$(basename "$hidden")"
  done
  tar -C "$work/$layer" --numeric-owner --sort=name -cf "$work/$layer.tar" .
  lowers=$work/$layer:$lowers
}

make_real() {
  mapfile -t from < <(sources)
  mmdebstrap --quiet --variant=minbase "$suite" "$work/base" "${from[@]}"
  # The overlay must find packages where the base did.
  cp -r /etc/apt/apt.conf.d/. "$work/base/etc/apt/apt.conf.d/" 2>/dev/null || true
  cp -L /etc/resolv.conf "$work/base/etc/resolv.conf" 2>/dev/null || true
  chroot "$work/base" apt-get -q update >/dev/null
  tar -C "$work/base" --numeric-owner --sort=name --one-file-system --exclude=./var/lib/apt/lists/'*' -cf "$work/base.tar" .
  lowers=$work/base
  install tools build-essential git python3 cmake
  install languages golang-src libboost-dev python3-numpy python3-django
  layout real-gzip "$work/base.tar" "$work/tools.tar" "$work/languages.tar"
  skopeo --insecure-policy copy -q --dest-compress-format zstd "oci:$cache/real-gzip:latest" "oci:$work/zstd:latest"
  mv "$work/zstd" "$cache/real-zstd"
}

make_many() {
  local i tars=()
  for ((i = 0; i < 60; i++)); do
    mkdir -p "$work/many/$i/opt/$i"
    head -c 300000 /dev/urandom | base64 | split -b 8000 - "$work/many/$i/opt/$i/part-"
    tar -C "$work/many/$i" --numeric-owner -cf "$work/many-$i.tar" .
    tars+=("$work/many-$i.tar")
  done
  layout many "${tars[@]}"
}

# What layer N of real-gzip holds.
unpacked() {
  local manifest
  manifest=$(jq -r '.manifests[0].digest | sub(":"; "/")' "$cache/real-gzip/index.json")
  gzip -dc "$cache/real-gzip/blobs/$(jq -r ".layers[$1].digest | sub(\":\"; \"/\")" "$cache/real-gzip/blobs/$manifest")"
}

make_large() {
  mkdir "$work/large"
  unpacked 2 >"$work/one.tar"
  local i
  for ((i = 0; i * $(stat -c %s "$work/one.tar") < 4000000000; i++)); do mkdir "$work/large/$i" && tar -C "$work/large/$i" -xf "$work/one.tar"; done
  tar -C "$work/large" --numeric-owner --sort=name -cf "$work/large.tar" .
  layout large "$work/large.tar"
}

make_tiny() {
  python3 - "$work/tiny.tar" <<'PYTHON'
import io, random, sys, tarfile
random.seed(1)
words = [bytes(random.choices(b"abcdefghijklmnop", k=8)) for _ in range(500)]
with tarfile.open(sys.argv[1], "w") as tar:
    for i in range(200000):
        content = b" ".join(random.choices(words, k=random.randrange(120)))
        entry = tarfile.TarInfo(f"srv/{i // 500}/{i}.json")
        entry.size, entry.mode, entry.mtime = len(content), 0o644, 1700000000
        tar.addfile(entry, io.BytesIO(content))
PYTHON
  layout tiny "$work/tiny.tar"
}

make_shared() {
  unpacked 0 >"$work/base.tar"
  unpacked 1 >"$work/tools.tar"
  mkdir -p "$work/app/srv/app"
  head -c 20000000 /dev/urandom | base64 | split -b 40000 - "$work/app/srv/app/part-"
  tar -C "$work/app" --numeric-owner -cf "$work/app.tar" .
  layout shared "$work/base.tar" "$work/tools.tar" "$work/app.tar"
}

make_small() {
  mkdir -p "$work/small"/{bin,dev,proc,sys,etc,tmp}
  cp "$(command -v busybox)" "$work/small/bin/busybox"
  for applet in sh true sleep; do ln "$work/small/bin/busybox" "$work/small/bin/$applet"; done
  tar -C "$work/small" --numeric-owner -cf "$work/small.tar" .
  layout small "$work/small.tar"
}

for shape in "$@"; do
  name=${shape/#real/real-zstd}
  [ -d "$cache/$name" ] || "make_$shape"
done
