# shellcheck shell=bash
# shellcheck disable=SC2034  # read by the scripts that load this
# Where the cluster has its things, its addresses, and the versions it is made of. Loaded first by every script here.

# Everything is below one folder: what takes long to make, and what belongs to the cluster that runs.
CLUSTER=${CLIC_CLUSTER_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/clic-cluster}
BIN=$CLUSTER/bin SOURCES=$CLUSTER/src ARCHIVES=$CLUSTER/images LOG=$CLUSTER/log
# `down --purge` removes these.
STATE=$CLUSTER/var RUN=$CLUSTER/run CONFIG=$CLUSTER/etc KEYS=$CLUSTER/pki
ADMIN=$CLUSTER/admin.kubeconfig
CONTAINERD_SOCKET=$RUN/containerd/containerd.sock

# The node is an address of a bridge that has no other use, so nothing of the cluster can be reached from another machine.
NODE=k8s-node NODE_BRIDGE=k8snode0 NODE_ADDRESS=172.30.255.1
# Only the first /24 has real pods; the others are for fake nodes.
PODS=10.244.0.0/16 NODE_PODS=10.244.0.0/24 SERVICES=10.96.0.0/16 DNS_ADDRESS=10.96.0.10
# On the loopback, because engines push there without TLS.
REGISTRY=127.0.0.1:30500

KUBERNETES_VERSION=v1.37.2
ETCD_VERSION=v3.7.0
CONTAINERD_VERSION=v2.4.2
COREDNS_VERSION=v1.14.7
KUBE_ROUTER_VERSION=v2.1.0
KWOK_VERSION=v0.8.0
# Their go.mod files ask for it.
GO_NEEDED=1.26

PATH=$BIN:$PATH:/usr/sbin:/sbin
export PATH KUBECONFIG=$ADMIN

# step TEXT: what has been reached, and after how many seconds.
step() { info "[$SECONDS s] $*"; }

# containers WORDS…: containerd's own client, in the namespace that Kubernetes uses. It speaks of cgroup v1 each time, where a machine has that.
containers() {
  { ctr --address "$CONTAINERD_SOCKET" --namespace k8s.io "$@" 2>&1 >&3 | { grep -v 'DEPRECATION: The support for cgroup v1' || true; } >&2; } 3>&1
}

# cluster_alone SECONDS: waits until no other script starts or stops the cluster, and keeps others waiting until this one ends.
cluster_alone() {
  mkdir -p "$CLUSTER"
  exec {CLUSTER_LOCK}>"$CLUSTER/lock"
  flock --nonblock "$CLUSTER_LOCK" && return
  info 'another script starts or stops the cluster: waiting for it'
  flock --timeout "$1" "$CLUSTER_LOCK" || fail "$CLUSTER/lock was held for $1 s: see who does with fuser $CLUSTER/lock"
}
