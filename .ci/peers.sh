# Peers that are unpacked beside the binary and installed nowhere: programs of a newer release, and servers that would start by themselves.
# Sourced after prepare.sh; best effort, because the tests that need them say so and are skipped.

peers=$root/artifacts/peers

# The Docker CLI's plugins, in a folder that a test names in a configuration of its own.
fetch_cli_plugins() {
  local work=$peers/.apt plugins=$peers/cli-plugins package options
  if [ -x "$plugins/docker-buildx" ] && [ -x "$plugins/docker-compose" ]; then return; fi

  say "fetching docker-buildx and docker-compose of Debian 13"
  rm -rf "$work"
  mkdir -p "$work/lists/partial" "$work/archives/partial" "$plugins"
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $(package_mirror) trixie main" >"$work/sources.list"
  options=(-o Dir::Etc::sourcelist="$work/sources.list" -o Dir::Etc::sourceparts=/dev/null -o Dir::State::lists="$work/lists"
    -o Dir::Cache::archives="$work/archives" -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache=
    -o Acquire::Languages=none -o Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false -o Acquire::Retries=3
    -o APT::Sandbox::User=root)
  if logged as_root apt-get "${options[@]}" update -q && (cd "$work" && logged apt-get "${options[@]}" download -q docker-buildx docker-compose); then
    for package in "$work"/*.deb; do
      dpkg-deb -x "$package" "$work/tree"
    done
    mv "$work"/tree/usr/libexec/docker/cli-plugins/docker-{buildx,compose} "$plugins/"
  fi
  as_root rm -rf "$work"
}

# Clients of the Docker Engine API that are written for Node.js, in the versions and with the digests of a lock file.
fetch_node_clients() {
  local folder=$peers/node
  if cmp -s "$root/tests/FastRun.EndToEnd.Tests/Clients/package-lock.json" "$folder/.complete" || ! command -v npm >/dev/null; then return; fi

  say "fetching dockerode, testcontainers and devcontainers"
  rm -rf "$folder"
  mkdir -p "$folder"
  cp "$root"/tests/FastRun.EndToEnd.Tests/Clients/package{,-lock}.json "$folder/"
  if (cd "$folder" && logged timeout 300 npm ci --ignore-scripts --no-audit --no-fund); then
    cp "$folder/package-lock.json" "$folder/.complete"
  fi
}

# OpenSSH's server, with the library that nothing else needs.
fetch_ssh_server() { unpack_packages openssh openssh-server libwrap0; }

# Clients of Docker that Debian has: Compose of the first generation, in Python, and the library for Ruby with its interpreter.
fetch_package_clients() {
  unpack_packages compose-v1 docker-compose python3-attr python3-distro python3-dockerpty python3-docopt python3-dotenv python3-jsonschema python3-pyrsistent \
    python3-texttable python3-yaml
  unpack_packages ruby libruby3.1 ruby3.1 ruby-docker-api ruby-excon ruby-minitar ruby-multi-json ruby-rubygems rubygems-integration libyaml-0-2 libffi8
}

# Ansible, and of its collections Docker's alone: all of them are a quarter of a gigabyte.
fetch_ansible() {
  unpack_packages ansible ansible-core python3-jinja2 python3-markupsafe python3-packaging python3-resolvelib python3-yaml python3-cryptography python3-cffi-backend &&
    unpack_packages ansible-docker:./usr/lib/python3/dist-packages/ansible_collections/community/docker ansible
}

# unpack_packages FOLDER[:PATH] PACKAGE... - what Debian's packages hold (or what is below PATH in them), in a folder beside the binary.
unpack_packages() {
  local folder=$peers/${1%%:*} only=() package
  case $1 in *:*) only=("${1#*:}") ;; esac
  shift
  if [ "$(cat "$folder/.packages" 2>/dev/null)" = "$*" ]; then return; fi

  say "fetching $*"
  rm -rf "$folder" "$folder.part"
  mkdir -p "$folder.part/.archives"
  if ! (cd "$folder.part/.archives" && logged apt-get -o APT::Sandbox::User=root -o Acquire::Retries=3 download -q "$@"); then
    rm -rf "$folder.part"
    return 1
  fi
  for package in "$folder.part"/.archives/*.deb; do
    dpkg-deb --fsys-tarfile "$package" | tar -C "$folder.part" -x "${only[@]}"
  done
  rm -rf "$folder.part/.archives"
  echo "$*" >"$folder.part/.packages"
  mv "$folder.part" "$folder"
}
