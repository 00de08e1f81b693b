#!/usr/bin/env bash
# Makes this host the control plane of a cluster, with its network. Can be run again at any time: a cluster that is there is left as it is.
set -euo pipefail
# shellcheck source=/dev/null
. "$(dirname "${BASH_SOURCE[0]}")/lib/load.sh"

usage() {
  cat <<'TEXT'
control-plane.sh [--operator USER] [--env FILE] [--dry-run]

Makes this host, on which install-node.sh has been run, the control plane: kubeadm init with the values of the environment file, the network
plugin, a kubeconfig for the operator. At the end it says how a worker joins. Run it as root.

  --operator USER   who gets ~/.kube/config (default: who called sudo, else root); one that is there already stays
  --env FILE        the environment file (default: $CLIC_ENV, then deploy/clic.env)
  --dry-run         print what would be changed, change nothing

Exit status: 0 done; 1 failed; 2 usage or values (nothing was changed).
TEXT
}

OPERATOR=${SUDO_USER:-root}

read_options() {
  while [ $# -gt 0 ]; do
    case $1 in
    --operator)
      [ $# -ge 2 ] || refuse '--operator wants a user'
      OPERATOR=$2
      OPTION_WORDS=2
      ;;
    *)
      common_option "$@"
      [ "$OPTION_WORDS" -gt 0 ] || refuse "unknown option $1: see control-plane.sh --help"
      ;;
    esac
    shift "$OPTION_WORDS"
  done
}

admin() { kubectl --kubeconfig "$(kubernetes_file admin.conf)" "$@"; }

check() {
  values_require KUBERNETES_CONTROL_PLANE_ENDPOINT
  [ -n "$(value KUBERNETES_CNI_SHA256)" ] ||
    refuse "KUBERNETES_CNI_SHA256 is not set: look through $(value KUBERNETES_CNI_MANIFEST), then set sha256: and what sha256sum prints for it ($ENV_FILE)"
  node_is_installed kubectl openssl
  getent passwd "$OPERATOR" >/dev/null || refuse "this host has no user $OPERATOR: name one with --operator"
  if is_member && ! is_control_plane; then refuse 'this host is a worker of a cluster already: run reset-node.sh first'; fi
}

# network_manifest FILE: the manifest, if it is the one that was meant. Asked before anything is changed.
network_manifest() {
  local location found
  location=$(value KUBERNETES_CNI_MANIFEST)
  fetch "$location" >"$1" || refuse "the network plugin's manifest $location could not be read: set KUBERNETES_CNI_MANIFEST to a file or a mirror ($ENV_FILE)"
  found=sha256:$(sha256sum <"$1" | cut -d ' ' -f 1)
  [ "$found" = "$(value KUBERNETES_CNI_SHA256)" ] ||
    refuse "$location is $found, and KUBERNETES_CNI_SHA256 is $(value KUBERNETES_CNI_SHA256): this is not the manifest that was meant ($ENV_FILE)"
}

make_control_plane() {
  if is_control_plane; then
    info 'this host is a control plane already and stays as it is'
    if ! diff -q <(init_configuration | grep -v '^kubernetesVersion:') <(grep -sv '^kubernetesVersion:' "$HOST_ROOT$KUBEADM_CONFIG") >/dev/null; then
      warn "the values differ from those that this control plane was made with ($KUBEADM_CONFIG): a cluster that exists is changed as Upgrade in deploy/kubernetes/README.md says"
    fi
    return
  fi
  host_file "$KUBEADM_CONFIG" 600 < <(init_configuration)
  host_run kubeadm config validate --config "$HOST_ROOT$KUBEADM_CONFIG"
  # The token that init makes for a first worker is told to nobody; a new one is made for each join.
  kubeadm_run init --config "$HOST_ROOT$KUBEADM_CONFIG" --skip-token-print
}

# The operator's own kubeconfig. One that differs may know other clusters and is not touched.
operator_kubeconfig() {
  local home owner admin_conf
  home=$(getent passwd "$OPERATOR" | cut -d : -f 6)
  owner=$(getent passwd "$OPERATOR" | cut -d : -f 3,4)
  admin_conf=$(kubernetes_file admin.conf)
  if [ -e "$HOST_ROOT$home/.kube/config" ]; then
    cmp -s "$admin_conf" "$HOST_ROOT$home/.kube/config" ||
      warn "$home/.kube/config is another one and stays: to use this cluster, kubectl --kubeconfig /etc/kubernetes/admin.conf, or merge the two"
  else
    host_folder "$home/.kube" 700 "$owner"
    host_file "$home/.kube/config" 600 <"$admin_conf"
  fi
  if [ "$(stat -c %u:%g "$HOST_ROOT$home/.kube/config")" != "$owner" ] && cmp -s "$admin_conf" "$HOST_ROOT$home/.kube/config"; then
    host_run chown "$owner" "$HOST_ROOT$home/.kube/config"
  fi
}

# Server-side: the definitions in such a manifest are too long for the annotation of the other way.
install_network() {
  admin apply --server-side --force-conflicts --filename "$1" >&2 || fail "the network plugin could not be installed: see what kubectl said, and run control-plane.sh again"
  admin wait --for condition=Ready "node/$(node_name)" --timeout "$(value READY_TIMEOUT)" >&2 ||
    fail "node $(node_name) is not ready after $(value READY_TIMEOUT): see kubectl get pods -n kube-system, and repair-node.sh --check-only"
}

how_to_join() {
  local hash
  hash=$(ca_hash)
  cat >&2 <<TEXT

To add a worker, run install-node.sh there, then, with a token that lives for an hour and is stored nowhere:

  kubeadm token create --ttl 1h | ssh WORKER sudo …/deploy/kubernetes/join-worker.sh --env …/clic.env --ca-hash $hash

TEXT
}

main() {
  read_options "$@"
  values_load "$ENV_FILE"
  host_check
  check
  WORK=$(mktemp -d)
  trap 'rm -rf "$WORK"' EXIT
  network_manifest "$WORK/network.yaml"
  make_control_plane
  if [ "$DRY_RUN" = true ]; then
    info "would install the network plugin $(value KUBERNETES_CNI_MANIFEST) and write ~$OPERATOR/.kube/config unless it is there"
    return
  fi
  install_network "$WORK/network.yaml"
  operator_kubeconfig
  how_to_join
}

main "$@"
