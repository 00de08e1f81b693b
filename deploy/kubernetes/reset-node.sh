#!/usr/bin/env bash
# Takes this host out of its cluster, as far as the host is concerned. Folders with data stay.
set -euo pipefail
# shellcheck source=/dev/null
. "$(dirname "${BASH_SOURCE[0]}")/lib/load.sh"

usage() {
  cat <<'TEXT'
reset-node.sh [--yes] [--env FILE] [--dry-run]

Takes this host out of its cluster: kubeadm reset, the network plugin's files and interfaces. Before that, on the control plane:
  kubectl drain NODE --ignore-daemonsets --delete-emptydir-data && kubectl delete node NODE
Packages, settings, the shared folder and other data stay. On a control plane the cluster's own store (etcd) is deleted with it.

  --yes        don't ask
  --env FILE   the environment file (default: $CLIC_ENV, then deploy/clic.env)
  --dry-run    print what would be changed, change nothing

Exit status: 0 done; 1 failed; 2 usage or values (nothing was changed).
TEXT
}

YES=false
# What network plugins leave behind.
NETWORK_PATHS=(/etc/cni/net.d /var/lib/cni /var/run/calico)
NETWORK_INTERFACES=(vxlan.calico vxlan-v6.calico flannel.1 cni0 weave)

# YES is read by confirm.
# shellcheck disable=SC2034
read_options() {
  while [ $# -gt 0 ]; do
    case $1 in
    --yes | -y) YES=true OPTION_WORDS=1 ;;
    *)
      common_option "$@"
      [ "$OPTION_WORDS" -gt 0 ] || refuse "unknown option $1: see reset-node.sh --help"
      ;;
    esac
    shift "$OPTION_WORDS"
  done
}

# What is reset, for the question.
what_is_reset() { if is_control_plane; then echo 'this CONTROL PLANE, and with it the whole cluster'; else echo 'this worker'; fi; }

something_is_left() {
  local path
  for path in /etc/kubernetes/kubelet.conf /etc/kubernetes/admin.conf /etc/kubernetes/manifests/kube-apiserver.yaml "${NETWORK_PATHS[@]}"; do
    if [ -e "$HOST_ROOT$path" ]; then return 0; fi
  done
  kubeadm_was_stopped || host_is_due reset
}

# unmount_below FOLDER [TYPE]: unmounts all that is mounted below the folder, except file systems of this type, the innermost first. Stops unless
# all mounts are known (there is always one, of /).
unmount_below() {
  local folder=$1 spared=${2-} mounts target
  mounts=$(findmnt --raw --noheadings --output TARGET,FSTYPE) ||
    fail "findmnt does not tell what is mounted below $folder, so data could be deleted: put that right and run reset-node.sh again"
  while IFS= read -r target; do
    if [ -n "$target" ]; then host_run umount "$target"; fi
  done < <(awk -v below="$folder/" -v spared="$spared" 'index($1, below) == 1 && $2 != spared {print $1}' <<<"$mounts" | sort --reverse)
}

# The volumes that the kubelet mounted. What is still mounted when kubeadm clears the kubelet's folder would be deleted at its source, the shared
# folder above all: so nothing is reset unless these are gone.
unmount_volumes() { unmount_below /var/lib/kubelet tmpfs; }

# host_real_path PATH: the path without links, as findmnt tells it (/var/run is a link to /run).
host_real_path() {
  local root real
  root=$(realpath --canonicalize-missing "${HOST_ROOT:-/}")
  real=$(realpath --canonicalize-missing "$HOST_ROOT$1")
  printf '%s\n' "${real#"${root%/}"}"
}

# Calico mounts a cgroup2 below its folder, in which nothing can be deleted.
remove_network() {
  local path real interface
  for path in "${NETWORK_PATHS[@]}"; do
    if [ -e "$HOST_ROOT$path" ]; then
      real=$(host_real_path "$path")
      unmount_below "$real"
      host_run rm -rf --one-file-system "${HOST_ROOT}$path"
    fi
  done
  for interface in "${NETWORK_INTERFACES[@]}"; do
    if [ -e "$HOST_ROOT/sys/class/net/$interface" ]; then host_run ip link delete "$interface"; fi
  done
}

main() {
  read_options "$@"
  values_load "$ENV_FILE"
  host_check
  need_tool kubeadm 'then this host is no node'
  if ! something_is_left; then
    info 'this host is not part of a cluster'
    return
  fi
  confirm "reset $(what_is_reset)"
  # Until all of it is done, a run after one that failed has to do it again.
  host_mark_due reset
  host_run systemctl stop kubelet
  unmount_volumes
  host_run kubeadm reset --force --cri-socket "$CRI_SOCKET"
  if [ "$DRY_RUN" = false ]; then rm -f "$KUBEADM_STARTED"; fi
  remove_network
  host_is_done reset
  cat >&2 <<'TEXT'

This host is out of the cluster. What is left:
  iptables rules of kube-proxy and the network plugin: a reboot removes them (or: iptables-save, and iptables -F where nothing else uses it)
  ipvs tables, if kube-proxy used them: ipvsadm --clear
  ~/.kube/config of operators: remove the cluster from it
  the node's entry in the cluster: kubectl delete node NODE, on the control plane
TEXT
}

main "$@"
