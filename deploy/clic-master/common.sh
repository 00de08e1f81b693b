# shellcheck shell=bash
# What clic-master and clic-shell share: the images that are made from this repository, checks, and plans that are run to try them.
# shellcheck disable=SC2034  # the constants are read by both

# The version in package.json, which images/release.sh gives its images as their tag.
clic_version() { sed -nE 's/^  "version": "([^"]+)",$/\1/p' "$DEPLOY_DIR/../package.json"; }

# clic_image NAME VALUE: the image that the value names, or NAME in REGISTRY with this version.
clic_image() {
  local image version
  image=$(value "$2")
  if [ -z "$image" ]; then
    [ -n "$(value REGISTRY)" ] || refuse "neither $2 nor REGISTRY is set in $ENV_FILE: push the images (deploy/images/release.sh), then set one of them"
    version=$(clic_version)
    [ -n "$version" ] || refuse "$DEPLOY_DIR/../package.json tells no version: set $2 in $ENV_FILE"
    image=$(value REGISTRY)/$1:$version
  fi
  printf '%s' "$image"
}

# check_image NAME VALUE: refuses as clic_image does; warns of a tag, behind which another image can come that no node would notice.
check_image() {
  local image
  image=$(clic_image "$1" "$2")
  if [[ $image != *@sha256:* ]]; then
    warn "$image is a tag: nodes that have it keep it when another image is pushed under it; images/release.sh --push --write sets $2 to the digest"
  fi
}

# cpu_at_least NAME MILLI: a limit below what the pod asks for is refused by the cluster.
cpu_at_least() {
  local limit
  limit=$(value "$1")
  [[ $limit =~ ^[1-9][0-9]*m?$ ]] || refuse "$1 is $limit: write CPUs like 2 or 500m"
  case $limit in
  *m) limit=${limit%m} ;;
  *) limit=$((limit * 1000)) ;;
  esac
  [ "$limit" -ge "$2" ] || refuse "$1 is $(value "$1"), less than the ${2}m that the pod asks for"
}

# How long a plan of a test may take, with the pull of images and the start of Jobs.
PLAN_TIMEOUT=5m
# What it computes: the sum of 1 to 100.
PLAN_RESULT=5050

# in_shell COMMAND…: in the resident pod, as its users do.
in_shell() { in_pod deployment/clic-shell --container clic-shell -- "$@"; }

# plan_begin FILE: the plan goes into a folder of its own on the shared volume, PLAN_FOLDER, which is removed when this shell ends, whatever happens.
plan_begin() {
  local image name
  image=$(clic_image clic CLIC_SHELL_IMAGE)
  name=$(random_secret)
  PLAN_FOLDER=/data/clic-deploy-test-${name:0:16}
  trap plan_remove EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
  in_shell mkdir "$PLAN_FOLDER"
  sed -e "s|TEST_FOLDER|$PLAN_FOLDER|g; s|TEST_IMAGE|$image|g" "$1" |
    in_pod deployment/clic-shell --container clic-shell --stdin -- tee "$PLAN_FOLDER/plan.yaml" >/dev/null
}

plan_remove() {
  local status=$?
  trap - EXIT
  in_shell rm -rf "$PLAN_FOLDER" || {
    warn "$PLAN_FOLDER could not be removed from the shared folder"
    [ "$status" -ne 0 ] || status=1
  }
  exit "$status"
}
