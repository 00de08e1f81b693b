# shellcheck shell=bash
# Images for tests on the real cluster, which can pull none: a Debian with Python, as stages use it, one with Redis, and those of this repository. What is made is
# kept as archives, in the cluster's folder. Needs lib/tools, lib/docker and lib/cluster.

STAGE_IMAGE=clic-test.example/stage:bookworm
REDIS_TEST_IMAGE=clic-test.example/redis:7.0
# Builds together take less than this many seconds.
CLIC_IMAGES_SECONDS=900

cluster_archives() { printf '%s\n' "$(dirname "$KUBECONFIG")/images"; }

# Each makes its image where it is missing, and gives it to the node.
cluster_add_stage_image() { cluster_add_debian stage.tar debian-bookworm-python.tar "$STAGE_IMAGE" python3-minimal; }
cluster_add_redis_image() { cluster_add_debian redis.tar debian-bookworm-redis.tar "$REDIS_TEST_IMAGE" redis-server; }

# cluster_add_debian ARCHIVE ROOT IMAGE PACKAGE: a Debian with the package, whose files are kept as ROOT.
cluster_add_debian() {
  local archive root=$CLIC_DEPLOY_TOOLS/$2
  archive=$(cluster_archives)/$1
  if ! [ -s "$archive" ]; then
    debian_base "$root" "$4"
    python3 "$CLUSTER_DIR/lib/make-image.py" "$archive.part" "$3" "$root" --cmd '["bash"]'
    mv "$archive.part" "$archive"
  fi
  "$CLUSTER_DIR/add-image" "$archive" >/dev/null
}

# cluster_add_clic_images: builds clic-master and clic from this working tree with the project's Dockerfile, unless these very files have been built
# before, and gives them to the node. Sets CLIC_MASTER_IMAGE and CLIC_IMAGE. An engine of its own runs while it builds.
cluster_add_clic_images() {
  local key archive
  key=$(clic_images_key)
  archive=$(cluster_archives)/clic-$key.tar
  CLIC_MASTER_IMAGE=clic-test.example/clic-master:$key CLIC_IMAGE=clic-test.example/clic:$key
  export CLIC_MASTER_IMAGE CLIC_IMAGE
  if ! [ -s "$archive" ]; then
    if ! clic_images_build "$archive.part" >"$BATS_FILE_TMPDIR/images.log" 2>&1; then
      tail -n 30 "$BATS_FILE_TMPDIR/images.log"
      return 1
    fi
    rm -f "$(cluster_archives)"/clic-*.tar
    mv "$archive.part" "$archive"
  fi
  "$CLUSTER_DIR/add-image" "$archive" >/dev/null
}

clic_top() { cd "$CLUSTER_DIR/../../.." && pwd; }

# What goes into the images, as a checksum: names, contents, and the Node that is copied.
clic_images_key() {
  (cd "$(clic_top)" && find .dockerignore README.md README.zh-CN.md bin conf idl package.json package-lock.json src deploy/images/clic -type f -print0 |
    sort -z | xargs -0 sha256sum | cat - <(node --version) | sha256sum | cut -c 1-16)
}

clic_images_build() {
  local engine=$BATS_FILE_TMPDIR/engine status=0
  need docker dockerd iptables debootstrap node npm || return 1
  engine_start "$engine" || {
    cat "$engine/log"
    return 1
  }
  clic_images_release "$1" || status=$?
  engine_stop "$engine"
  return "$status"
}

clic_images_release() {
  local target
  debian_base "$CLIC_DEPLOY_TOOLS/debian-bookworm.tar" &&
    docker import "$CLIC_DEPLOY_TOOLS/debian-bookworm.tar" clic-test/base:1 &&
    node_image clic-test/node:1 "$BATS_FILE_TMPDIR/node" || return 1
  for target in clic-master clic; do
    timeout "$CLIC_IMAGES_SECONDS" docker build --file "$(clic_top)/deploy/images/clic/Dockerfile" --target "$target" --tag "clic-test.example/$target:${CLIC_IMAGE##*:}" \
      --build-arg NODE_IMAGE=clic-test/node:1 --build-arg BASE_IMAGE=clic-test/base:1 --build-arg "NPM_REGISTRY=$(npm config get registry)" "$(clic_top)" || return 1
  done
  docker save --output "$1" "$CLIC_MASTER_IMAGE" "$CLIC_IMAGE"
}
