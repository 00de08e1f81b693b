#!/usr/bin/env bash
# Makes this host ready to become a Kubernetes node: containerd, kubelet, kubeadm, kubectl and what they want from the host.
set -euo pipefail
# shellcheck source=/dev/null
. "$(dirname "${BASH_SOURCE[0]}")/lib/load.sh"

usage() {
  cat <<'TEXT'
install-node.sh [--env FILE] [--dry-run]

Installs containerd and the Kubernetes packages of KUBERNETES_VERSION (held), and sets up swap, modules, sysctls and image mirrors, now and for
after a reboot. Run it as root on every node, on Debian or Ubuntu. Then control-plane.sh on one, join-worker.sh on the others.

  --env FILE   the environment file (default: $CLIC_ENV, then deploy/clic.env)
  --dry-run    print what would be changed, change nothing

Exit status: 0 done; 1 failed; 2 usage or values (nothing was changed).
TEXT
}

# The kubelet of 1.35 and later does not start with the first version of cgroups.
check_cgroups() {
  [ -e "$HOST_ROOT/sys/fs/cgroup/cgroup.controllers" ] ||
    refuse 'this host uses cgroup v1, with which the kubelet does not start: boot with systemd.unified_cgroup_hierarchy=1 on the kernel command line'
}

# 1.35 is the last one that works with containerd 1.
check_containerd() {
  local version minor
  minor=$(value KUBERNETES_VERSION)
  minor=${minor#1.}
  if [ "$DRY_RUN" = true ] || [ "$minor" -lt 36 ]; then return; fi
  version=$(containerd --version) || fail 'containerd does not tell its version: is the package whole?'
  [[ $version =~ \ v?([0-9]+)\.[0-9] ]] || fail "containerd tells no version that can be read: $version"
  [ "${BASH_REMATCH[1]}" -ge 2 ] ||
    fail "Kubernetes $(value KUBERNETES_VERSION) needs containerd 2, this is $version: set KUBERNETES_CONTAINERD_URL in $ENV_FILE"
}

main() {
  only_common_options "$@"
  values_load "$ENV_FILE"
  host_check
  check_cgroups
  packages_check
  registry_check
  packages_install
  check_containerd
  node_settings
  [ "$BAD_COUNT" -eq 0 ] || fail 'the host could not be set up, see BAD above: put it right and run install-node.sh again'
  containerd_configure
  host_service containerd
  # kubeadm init or join gives it a configuration and starts it.
  systemctl is-enabled --quiet kubelet || host_run systemctl enable kubelet
  info "this host is ready for Kubernetes $(value KUBERNETES_VERSION): next is control-plane.sh or join-worker.sh"
}

main "$@"
