# shellcheck shell=bash
# What the suites of the images share: a repository that can be released, and a Docker engine with a registry, started from Debian's packages.

# Seconds that anything is waited for, save builds.
DOCKER_PATIENCE=60

# release_repository FOLDER: a git repository with what a release needs: this one's files as they are now, and one commit.
release_repository() {
  local top
  top=$(cd "${BASH_SOURCE[0]%/*}/../../.." && pwd)
  mkdir -p "$1/deploy"
  (cd "$top" && cp -R --parents .dockerignore .gitignore README.md README.zh-CN.md bin conf idl package.json package-lock.json src tsconfig.json deploy/lib deploy/images \
    deploy/values.table deploy/clic.env.example "$1/")
  release_values "$top" "$1"
  git -C "$1" -c init.defaultBranch=main init --quiet
  release_commit "$1"
}

# The tables of the components whose values a release sets.
release_values() {
  local folder
  for folder in clic-master clic-shell; do
    mkdir "$2/deploy/$folder"
    cp "$1/deploy/$folder/values.table" "$2/deploy/$folder/"
  done
}

release_commit() {
  git -C "$1" add --all
  git -C "$1" -c user.name=test -c user.email=test@example.org -c commit.gpgsign=false commit --quiet --allow-empty --message "${2-first}"
}

# docker_within COMMAND…: tries until it succeeds, at most DOCKER_PATIENCE seconds.
docker_within() { until_true "$DOCKER_PATIENCE" "$@"; }

# engine_start FOLDER: sets DOCKER_HOST to an engine: the one that runs already, since two would dispute about the machine's bridge and packet filter, else
# a dockerd of our own, with all that it has in FOLDER. Status 1 when it does not start; its log is FOLDER/log then.
engine_start() {
  local driver
  if docker version >/dev/null 2>&1; then return 0; fi
  DOCKER_HOST=unix://$1/socket
  export DOCKER_HOST
  # vfs copies whole images for each layer, but works where nothing can be mounted on another.
  for driver in overlay2 vfs; do
    mkdir -p "$1"
    # Not the machine's own /etc/docker/daemon.json.
    echo '{}' >"$1/daemon.json"
    setsid dockerd --host "$DOCKER_HOST" --data-root "$1/data" --exec-root "$1/exec" --pidfile "$1/pid" --storage-driver "$driver" --config-file "$1/daemon.json" \
      >"$1/log" 2>&1 3>&- </dev/null &
    if docker_within engine_answers_or_ended "$1" $! && docker version >/dev/null 2>&1; then return 0; fi
    engine_stop "$1"
  done
  return 1
}

engine_answers_or_ended() { docker version || ! kill -0 "$2"; }

# engine_stop FOLDER: ends our dockerd and its containers, and removes what it has mounted.
engine_stop() {
  local process mounted
  process=$(cat "$1/pid" 2>/dev/null || true)
  if [ -n "$process" ]; then
    kill "$process" 2>/dev/null || true
    docker_within process_ended "$process" || kill -9 "$process" 2>/dev/null || true
  fi
  while read -r _ mounted _; do
    case $mounted in "$1"/*) umount --lazy "$mounted" || true ;; esac
  done < <(tac /proc/mounts)
}

process_ended() { ! kill -0 "$1"; }

# registry_start FOLDER PORT: starts docker-registry on 127.0.0.1.
registry_start() {
  mkdir -p "$1"
  cat >"$1/config.yml" <<YAML
version: 0.1
log: {level: warn}
storage: {filesystem: {rootdirectory: $1/data}, delete: {enabled: true}}
http: {addr: "127.0.0.1:$2"}
YAML
  setsid docker-registry serve "$1/config.yml" >"$1/log" 2>&1 3>&- </dev/null &
  echo $! >"$1/pid"
  docker_within curl --silent --fail "http://127.0.0.1:$2/v2/"
}

registry_stop() {
  if [ -f "$1/pid" ]; then kill "$(cat "$1/pid")" 2>/dev/null || true; fi
}

# debian_base FILE [PACKAGE…]: the archive of a minimal Debian, with these packages too, made once.
debian_base() {
  local root=$1.root mirror
  [ -s "$1" ] && return
  local packages=("${@:2}")
  mirror=$(sed -nE 's/^(URIs: *|deb (\[[^]]*\] )?)(https?:[^ ]*debian\/?)( bookworm main.*)?$/\3/p' /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null | head -n 1)
  rm -rf "$root"
  mkdir -p "$(dirname "$1")"
  debootstrap --variant=minbase ${packages:+--include="$(IFS=, && echo "${packages[*]}")"} bookworm "$root" "${mirror:-http://deb.debian.org/debian}" >"$1.log" 2>&1 || {
    tail -n 5 "$1.log"
    return 1
  }
  rm -rf "$root"/var/cache/apt/* "$root"/var/lib/apt/lists/*
  tar -C "$root" -cf "$1.part" .
  mv "$1.part" "$1"
  rm -rf "$root" "$1.log"
}

# image_of TAG FOLDER [INSTRUCTION]: the image clic-test/base:1 with the folder's files over it.
image_of() {
  {
    printf 'FROM clic-test/base:1\nCOPY . /\n'
    printf '%s\n' "${3-}"
  } >"$2.Dockerfile"
  docker build --quiet --tag "$1" --file "$2.Dockerfile" "$2"
}

# node_image TAG FOLDER: this machine's Node and npm on that Debian, trusting whom this machine trusts.
node_image() {
  local modules
  modules=$(dirname "$(dirname "$(dirname "$(readlink -f "$(command -v npm)")")")")
  mkdir -p "$2/usr/local/bin" "$2/usr/local/lib/node_modules" "$2/etc/ssl/certs"
  cp "$(readlink -f "$(command -v node)")" "$2/usr/local/bin/node"
  cp -R "$modules/npm" "$2/usr/local/lib/node_modules/"
  ln -s ../lib/node_modules/npm/bin/npm-cli.js "$2/usr/local/bin/npm"
  if ! [ -f /etc/ssl/certs/ca-certificates.crt ]; then
    image_of "$1" "$2"
    return
  fi
  cp -L /etc/ssl/certs/ca-certificates.crt "$2/etc/ssl/certs/"
  image_of "$1" "$2" 'ENV NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt'
}

# java_image TAG FOLDER: a small Java made from this machine's JDK, on that Debian.
java_image() {
  mkdir -p "$2/usr/local/bin"
  jlink --add-modules java.base --strip-debug --no-header-files --no-man-pages --output "$2/usr/local/java"
  ln -s ../java/bin/java "$2/usr/local/bin/java"
  image_of "$1" "$2"
}
