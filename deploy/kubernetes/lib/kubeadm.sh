# shellcheck shell=bash
# kubeadm's configuration files (kubeadm.k8s.io/v1beta4), and what a node is.

# shellcheck disable=SC2034  # read by control-plane.sh
KUBEADM_CONFIG=/etc/clic-deploy/kubeadm.yaml
# It is there while kubeadm init or join is under way: when one of them fails, the next run clears up behind it first.
KUBEADM_STARTED=$HOST_ROOT/var/lib/clic-deploy/kubeadm-started

kubernetes_file() { printf '%s/etc/kubernetes/%s' "$HOST_ROOT" "$1"; }

kubeadm_was_stopped() { [ -e "$KUBEADM_STARTED" ]; }
is_control_plane() { [ -e "$(kubernetes_file manifests/kube-apiserver.yaml)" ] && ! kubeadm_was_stopped; }
is_member() { [ -e "$(kubernetes_file kubelet.conf)" ] && ! kubeadm_was_stopped; }

# The node's name, as the kubelet takes it from the host.
node_name() { hostname | tr '[:upper:]' '[:lower:]'; }

# node_is_installed: refuses when install-node.sh has not been here, or with another version.
node_is_installed() {
  local tool version
  for tool in kubeadm kubelet containerd "$@"; do need_tool "$tool" 'run install-node.sh on this host first'; done
  version=$(kubeadm version --output short) || fail 'kubeadm does not tell its version: is the package whole? apt-get install --reinstall kubeadm'
  [[ $version == v"$(value KUBERNETES_VERSION)".* ]] ||
    refuse "kubeadm is $version, and KUBERNETES_VERSION is $(value KUBERNETES_VERSION): see Upgrade in deploy/kubernetes/README.md"
  KUBEADM_VERSION=$version
}

# kubeadm_run VERB WORDS…: kubeadm init or join, so that a failed one does not stand in the way of the next.
kubeadm_run() {
  if kubeadm_was_stopped; then
    info 'kubeadm did not come to its end here before: clearing up what it left'
    host_run kubeadm reset --force --cri-socket "$CRI_SOCKET"
  fi
  if [ "$DRY_RUN" = true ]; then
    host_run kubeadm "$@"
    return
  fi
  mkdir -p "$(dirname "$KUBEADM_STARTED")"
  : >"$KUBEADM_STARTED"
  host_run kubeadm "$@"
  rm "$KUBEADM_STARTED"
}

# The version comes from the installed kubeadm: otherwise it would ask the internet for it.
init_configuration() {
  cat <<YAML
$HOST_HEADER
apiVersion: kubeadm.k8s.io/v1beta4
kind: InitConfiguration
nodeRegistration:
  criSocket: $CRI_SOCKET
YAML
  if [ -n "$(value KUBERNETES_ADVERTISE_ADDRESS)" ]; then
    printf 'localAPIEndpoint:\n  advertiseAddress: "%s"\n' "$(value KUBERNETES_ADVERTISE_ADDRESS)"
  fi
  cat <<YAML
---
apiVersion: kubeadm.k8s.io/v1beta4
kind: ClusterConfiguration
kubernetesVersion: $KUBEADM_VERSION
controlPlaneEndpoint: "$(value KUBERNETES_CONTROL_PLANE_ENDPOINT)"
imageRepository: $(value KUBERNETES_IMAGE_REPOSITORY)
networking:
  podSubnet: "$(value KUBERNETES_POD_NETWORK)"
  serviceSubnet: "$(value KUBERNETES_SERVICE_NETWORK)"
---
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
cgroupDriver: systemd
YAML
}

# join_configuration TOKEN ENDPOINT HASH
join_configuration() {
  cat <<YAML
apiVersion: kubeadm.k8s.io/v1beta4
kind: JoinConfiguration
nodeRegistration:
  criSocket: $CRI_SOCKET
discovery:
  bootstrapToken:
    apiServerEndpoint: "$2"
    token: "$1"
    caCertHashes:
      - "$3"
YAML
}

# ca_hash: what a joining node checks the control plane by: of the public key of the cluster's CA. Not a secret.
ca_hash() {
  local key sum
  key=$(openssl x509 -in "$(kubernetes_file pki/ca.crt)" -noout -pubkey) || fail "/etc/kubernetes/pki/ca.crt can't be read as a certificate"
  sum=$(openssl pkey -pubin -outform der <<<"$key" | sha256sum) || fail "the public key of /etc/kubernetes/pki/ca.crt can't be read"
  printf 'sha256:%s' "${sum%% *}"
}
