#!/usr/bin/env bash
# Builds the images of clic and clic-master (and of a jar) from this repository, tags them with version and revision, pushes them, prints digests.
set -euo pipefail
DEPLOY_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
SOURCE_DIR=$(cd "$DEPLOY_DIR/.." && pwd -P)
for part in lib/log lib/options lib/values images/lib/engine images/lib/jar images/lib/record; do
  # shellcheck source=/dev/null
  . "$DEPLOY_DIR/$part.sh"
done

usage() {
  cat <<'TEXT'
release.sh [--push [--write]] [--platform LIST] [--jar FILE] [--allow-dirty] [--env FILE] [--dry-run]

Builds the images clic-master and clic from this repository, with the tags <version>-<revision> and <version>. With --push they go to REGISTRY,
and stdout has a line for clic.env for each, which names the image by its digest. What the registry has of this revision is not built again.

  --push            push to REGISTRY (log in before: docker login)
  --write           put the lines into the environment file, too
  --platform LIST   for several platforms (linux/amd64,linux/arm64), with docker buildx; wants --push
  --jar FILE        build the image clic-master-jar, from this jar, instead
  --main-class NAME its class that is started (default: Main-Class of its manifest)
  --allow-dirty     although there are changes that are not committed: the tags end in -dirty
  --env FILE        the environment file (default: $CLIC_ENV, then deploy/clic.env)
  --dry-run         print what would be done, build and push nothing

Exit status: 0 done; 1 failed (run it again when it has been put right); 2 usage, values, tools or a dirty tree (nothing was changed).
TEXT
}

read_options() {
  PUSH=false WRITE=false PLATFORMS='' JAR='' MAIN_CLASS='' ALLOW_DIRTY=false
  while [ $# -gt 0 ]; do
    case $1 in
    --platform | --jar | --main-class)
      [ -n "${2-}" ] || refuse "$1 wants a value"
      set -- "$1=$2" "${@:3}"
      continue
      ;;
    --platform=*) PLATFORMS=${1#*=} ;;
    --jar=*) JAR=${1#*=} ;;
    --main-class=*) MAIN_CLASS=${1#*=} ;;
    --push) PUSH=true ;;
    --write) WRITE=true ;;
    --allow-dirty) ALLOW_DIRTY=true ;;
    *)
      common_option "$@"
      [ "$OPTION_WORDS" -gt 0 ] || refuse "unknown option $1: see ${0##*/} --help"
      shift "$OPTION_WORDS"
      continue
      ;;
    esac
    shift
  done
}

check_options() {
  [[ $PLATFORMS =~ ^([a-z0-9]+/[a-z0-9]+(/[a-z0-9]+)?(,|$))*$ && $PLATFORMS != *, ]] || refuse "--platform $PLATFORMS is not a list like linux/amd64,linux/arm64"
  [ -z "$PLATFORMS" ] || [ "$PUSH" = true ] || refuse '--platform wants --push: images for several platforms can only be kept in a registry'
  [ "$WRITE" = false ] || [ "$PUSH" = true ] || refuse '--write wants --push: an image has a digest only in a registry'
  [ -z "$MAIN_CLASS" ] || [ -n "$JAR" ] || refuse '--main-class wants --jar'
  [ "$PUSH" = false ] || values_require REGISTRY
  [ "$WRITE" = false ] || [ -w "$ENV_FILE" ] || refuse "the environment file $ENV_FILE can't be written by $(id -un)"
}

# What is released: VERSION of package.json, REVISION of git, SHORT for tags, DIRTY, which is -dirty when there are changes that are not
# committed. Refuses these unless they are allowed. The environment file, which --write changes, is in no image, so it does not count.
read_revision() {
  local changed looked_at=(.)
  need_tool git 'the revision is part of the tags'
  REVISION=$(git -C "$SOURCE_DIR" rev-parse --verify HEAD 2>/dev/null) || refuse "$SOURCE_DIR is no git repository with a commit: images are made from a clone"
  SHORT=${REVISION:0:12} DIRTY=
  VERSION=$(sed -nE 's/^  "version": "([^"]+)",?$/\1/p' "$SOURCE_DIR/package.json")
  value_fits tag "$VERSION-$SHORT-dirty" || refuse "the version in $SOURCE_DIR/package.json, '$VERSION', can't be a tag"
  case $(readlink -f "$ENV_FILE") in "$SOURCE_DIR"/*) looked_at+=(":(exclude,literal)$(realpath --relative-to "$SOURCE_DIR" "$ENV_FILE")") ;; esac
  changed=$(git -C "$SOURCE_DIR" status --porcelain -- "${looked_at[@]}") || refuse "git can't tell what has changed in $SOURCE_DIR"
  if [ -z "$changed" ]; then return; fi
  [ "$ALLOW_DIRTY" = true ] || refuse "$SOURCE_DIR has changes that are not committed: commit them, or say --allow-dirty"
  DIRTY=-dirty
}

# Where this clone comes from, for a label: without the login that a URL may have.
source_url() { git -C "$SOURCE_DIR" config --get remote.origin.url | sed -E 's,^([a-z+]+://)[^/@]*@,\1,' || true; }

# release NAME KEY VERSION BUILD-WORDS…: one image, and its line for the environment file in LINES.
release() {
  local image=${PREFIX}$1 key=$2 version=$3 tag=$3-$SHORT$DIRTY
  shift 3
  DIGEST=
  if [ "$DRY_RUN" = true ]; then
    info "would build $image:$tag${PLATFORMS:+ for $PLATFORMS}$([ "$PUSH" = false ] || echo ' and push it')"
    return
  fi
  # What is not committed has no name of its own, so it is built each time.
  if [ "$PUSH" = true ] && [ -z "$DIRTY" ]; then engine_find "$image" "$tag" "$REVISION"; fi
  if [ -n "$DIGEST" ]; then
    info "$image:$tag is in the registry already: nothing is pushed"
  else
    # The tag with the revision comes last: where it is, all is.
    engine_release "$image" "$version$DIRTY" "$tag" --build-arg "VERSION=$version" --build-arg "REVISION=$REVISION$DIRTY" --build-arg "SOURCE=${SOURCE:-unknown}" "$@"
  fi
  if [ "$PUSH" = true ]; then LINES+=("$key=$image@$DIGEST"); fi
}

release_clic() {
  local build=(
    --file "$DEPLOY_DIR/images/clic/Dockerfile" --build-arg "BUILD_PLATFORM=$ENGINE_PLATFORM" --build-arg "NODE_IMAGE=$(value IMAGES_NODE_IMAGE)"
    --build-arg "BASE_IMAGE=$(value IMAGES_BASE_IMAGE)" --build-arg "NPM_REGISTRY=$(value IMAGES_NPM_REGISTRY)" "$SOURCE_DIR"
  )
  release clic-master CLIC_MASTER_IMAGE "$VERSION" --target clic-master "${build[@]}"
  release clic CLIC_SHELL_IMAGE "$VERSION" --target clic "${build[@]}"
}

release_jar() {
  CONTEXT=$(mktemp -d)
  trap 'rm -rf "$CONTEXT"' EXIT
  cp "$JAR" "$CONTEXT/app.jar"
  chmod 644 "$CONTEXT/app.jar"
  release clic-master-jar CLIC_MASTER_JAR_IMAGE "$JAR_VERSION" \
    --file "$DEPLOY_DIR/images/jar/Dockerfile" --build-arg "MAIN_CLASS=$MAIN_CLASS" \
    --build-arg "JRE_IMAGE=$(value IMAGES_JRE_IMAGE)" "$CONTEXT"
}

main() {
  read_options "$@"
  values_load "$ENV_FILE"
  check_options
  read_revision
  [ -z "$JAR" ] || jar_read "$JAR"
  engine_check
  PREFIX=$(value REGISTRY)
  PREFIX=${PREFIX:+$PREFIX/}
  SOURCE=$(source_url)
  LINES=()
  if [ -n "$JAR" ]; then release_jar; else release_clic; fi
  if [ "${#LINES[@]}" -eq 0 ]; then return; fi
  [ "$WRITE" = false ] || record "$ENV_FILE" "${LINES[@]}"
  printf '%s\n' "${LINES[@]}"
}

main "$@"
