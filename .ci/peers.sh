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

  say "fetching dockerode and testcontainers"
  rm -rf "$folder"
  mkdir -p "$folder"
  cp "$root"/tests/FastRun.EndToEnd.Tests/Clients/package{,-lock}.json "$folder/"
  if (cd "$folder" && logged timeout 300 npm ci --ignore-scripts --no-audit --no-fund); then
    cp "$folder/package-lock.json" "$folder/.complete"
  fi
}

# OpenSSH's server, with the library that nothing else needs.
fetch_ssh_server() {
  local folder=$peers/openssh
  if [ -x "$folder/usr/sbin/sshd" ]; then return; fi

  say "fetching OpenSSH's server"
  rm -rf "$folder" "$folder.part"
  mkdir -p "$folder.part/packages"
  if (cd "$folder.part/packages" && logged apt-get -o APT::Sandbox::User=root -o Acquire::Retries=3 download -q openssh-server libwrap0); then
    for package in "$folder.part"/packages/*.deb; do
      dpkg-deb -x "$package" "$folder.part"
    done
    mv "$folder.part" "$folder"
  fi
  rm -rf "$folder.part"
}
