# shellcheck shell=bash
# shellcheck disable=SC2034  # ENGINE_PLATFORM and DIGEST are read by release.sh
# What release.sh asks docker. Images for this machine's platform go through the engine, those for several (PLATFORMS) through buildx, which keeps
# them in the registry alone.

ENGINE_SECONDS=30

# engine_check: refuses when docker can't do what is wanted. Sets ENGINE_PLATFORM, for example linux/amd64.
engine_check() {
  need_tool docker 'install Docker (Debian: docker.io)'
  ENGINE_PLATFORM=$(timeout --kill-after 5 "$ENGINE_SECONDS" docker version --format '{{.Server.Os}}/{{.Server.Arch}}') ||
    refuse 'the docker engine does not answer: is it running, and may you use it (docker info)?'
  [[ $ENGINE_PLATFORM =~ ^[a-z0-9]+/[a-z0-9]+$ ]] || refuse "the docker engine tells no platform ('$ENGINE_PLATFORM'): see docker version"
  if [ -n "$PLATFORMS" ]; then
    timeout --kill-after 5 "$ENGINE_SECONDS" docker buildx version >/dev/null 2>&1 || refuse 'docker buildx is not installed: --platform needs it'
  fi
}

# engine_find IMAGE TAG REVISION: sets DIGEST when the registry has the tag of that revision, leaves it empty when there is no such tag. Fails when the
# registry can't be asked, or has something else under that tag.
engine_find() {
  local said status=0 found
  if [ -n "$PLATFORMS" ]; then
    said=$(docker buildx imagetools inspect --format '{{json .}}' "$1:$2" 2>&1) || status=$?
  else
    said=$(docker pull "$1:$2" 2>&1) || status=$?
  fi
  if [ "$status" -ne 0 ]; then
    case $said in
    *'not found'* | *'manifest unknown'* | *'does not exist'* | *'name unknown'*) return 0 ;;
    *) fail "the registry can't be asked for $1:$2, so nothing was built: $(tail -n 1 <<<"$said")" ;;
    esac
  fi
  if [ -n "$PLATFORMS" ]; then
    has_platforms "$said" || return 0
    found=$(sed -nE 's/.*"org\.opencontainers\.image\.revision": ?"([^"]*)".*/\1/p' <<<"$said" | head -n 1)
    said=$(docker buildx imagetools inspect --format '{{.Manifest.Digest}}' "$1:$2") || fail "docker can't tell the digest of $1:$2"
  else
    found=$(docker image inspect --format '{{index .Config.Labels "org.opencontainers.image.revision"}}' "$1:$2") || fail "docker can't tell the revision of $1:$2"
    # `docker pull` ends with the digest of what the tag stands for, which may be a list of images.
  fi
  [ "$found" = "$3" ] || fail "the registry has $1:$2 of another revision ('$found', not $3): remove that tag there first"
  engine_digest "$said" "$1:$2"
}

# has_platforms JSON: whether what buildx tells of an image has all of PLATFORMS.
has_platforms() {
  local platform platforms
  IFS=, read -ra platforms <<<"$PLATFORMS"
  for platform in "${platforms[@]}"; do
    platform=${platform#*/}
    grep -qE "\"architecture\": ?\"${platform%%/*}\"" <<<"$1" || return 1
  done
}

# engine_release IMAGE TAG… BUILD-WORDS…: builds the image with these tags, and with PUSH pushes them in this order; sets DIGEST then.
engine_release() {
  local image=$1 tags=() tag said
  shift
  while [ $# -gt 0 ] && [[ $1 != --* ]]; do
    tags+=("$1")
    shift
  done
  info "building $image:${tags[-1]}"
  if [ -n "$PLATFORMS" ]; then
    engine_release_platforms "$image" "${tags[@]}" -- "$@"
    return
  fi
  docker build "${tags[@]/#/--tag=$image:}" "$@" >&2 || fail "$image:${tags[-1]} could not be built: look at what is said above, put it right and run it again"
  [ "$PUSH" = true ] || return 0
  for tag in "${tags[@]}"; do
    info "pushing $image:$tag"
    said=$(docker push "$image:$tag" | aloud) || fail "$image:$tag could not be pushed: log in with docker login, and run it again"
  done
  engine_digest "$said" "$image:$tag"
}

# What comes on stdin, on stdout and on stderr.
aloud() {
  local line
  while IFS= read -r line; do
    printf '%s\n' "$line"
    info "$line"
  done
}

# All platforms and tags at once: buildx pushes each image under all of its tags.
engine_release_platforms() {
  local image=$1 tags=() metadata said
  shift
  while [ "$1" != -- ]; do
    tags+=("--tag=$image:$1")
    shift
  done
  shift
  metadata=$(mktemp)
  docker buildx build --platform "$PLATFORMS" --push --metadata-file "$metadata" "${tags[@]}" "$@" >&2 || {
    rm -f "$metadata"
    fail "${tags[-1]#*=} could not be built and pushed: does the builder know these platforms (docker buildx inspect), and are you logged in?"
  }
  said=$(tr -d ' \n' <"$metadata")
  rm -f "$metadata"
  said=$(sed -nE 's/.*"containerimage\.digest":"(sha256:[0-9a-f]{64})".*/\1/p' <<<"$said")
  engine_digest "$said" "${tags[-1]#*=}"
}

# engine_digest TEXT IMAGE: DIGEST, the last one in the text.
engine_digest() {
  DIGEST=$(grep -oE 'sha256:[0-9a-f]{64}' <<<"$1" | tail -n 1) || fail "docker did not tell the digest of $2: see docker image inspect $2"
}
