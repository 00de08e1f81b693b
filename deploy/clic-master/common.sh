# shellcheck shell=bash
# What clic-master and clic-shell share: the images that are made from this repository, and a check.

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
