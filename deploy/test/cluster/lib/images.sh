# shellcheck shell=bash
# The images that the cluster itself needs, made of a few files, without an engine: a shell, what holds a pod's namespaces, and the name server.

# Where kubelet and manifests/dns.yaml look for them.
PAUSE_IMAGE=registry.k8s.io/pause:3.10.1
DNS_IMAGE=registry.k8s.io/coredns/coredns:$COREDNS_VERSION

# image NAME-OF-ARCHIVE WORDS-OF-make-image.py…
image() {
  local archive=$ARCHIVES/$1.tar
  shift
  python3 "$HERE/lib/make-image.py" "$archive.part" "$@" && mv "$archive.part" "$archive"
}

# base_images: their archives, where they are missing. An archive is older than the program in it when that has been built anew.
base_images() {
  local root=$ARCHIVES/root name
  mkdir -p "$ARCHIVES"
  if ! [ -s "$ARCHIVES/busybox.tar" ] || ! [ -s "$ARCHIVES/pause.tar" ]; then
    rm -rf "$root"
    mkdir -p "$root"/{bin,dev,etc,home,proc,root,sbin,sys,tmp,usr/bin,usr/sbin,var}
    chmod 1777 "$root/tmp"
    cp /bin/busybox "$root/bin/"
    for name in $(/bin/busybox --list); do [ "$name" = busybox ] || ln -s busybox "$root/bin/$name"; done
    printf '%s\n' root:x:0:0:root:/root:/bin/sh nobody:x:65534:65534:nobody:/home:/bin/false >"$root/etc/passwd"
    printf '%s\n' root:x:0: nogroup:x:65534: >"$root/etc/group"
    image busybox docker.io/library/busybox:latest "$root" --cmd '["sh"]'
    image pause "$PAUSE_IMAGE" "$root" --entrypoint '["sleep", "2147483647"]' --user 65535:65535
  fi
  if ! [ "$ARCHIVES/coredns.tar" -nt "$BIN/coredns" ]; then
    rm -rf "$root"
    mkdir -p "$root"
    cp "$BIN/coredns" "$root/"
    image coredns "$DNS_IMAGE" "$root" --entrypoint '["/coredns"]' --user 65532:65532
  fi
  rm -rf "$root"
}

# import_images: what containerd does not have yet.
import_images() {
  local name has
  has=$(containers images ls -q)
  for name in pause busybox coredns; do
    case $name in
    pause) grep -qxF "$PAUSE_IMAGE" <<<"$has" && continue ;;
    busybox) grep -q '/busybox:latest$' <<<"$has" && continue ;;
    coredns) grep -qxF "$DNS_IMAGE" <<<"$has" && continue ;;
    esac
    containers images import "$ARCHIVES/$name.tar" >"$LOG/images.log" 2>&1 || fail "$ARCHIVES/$name.tar could not be imported: see $LOG/images.log"
  done
}
