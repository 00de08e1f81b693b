# shellcheck shell=bash
# The configuration of containerd: systemd's cgroups, the pause image, mirrors and the private registry.

CONTAINERD_CONFIG=/etc/containerd/config.toml
REGISTRY_HOSTS=/etc/containerd/certs.d
# shellcheck disable=SC2034  # read by kubeadm.sh
CRI_SOCKET=unix:///run/containerd/containerd.sock

# Version 2 of the format is read by containerd 1.6 and 1.7, and by 2.x, which converts it.
containerd_text() {
  cat <<TOML
$HOST_HEADER
version = 2

[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "$1"

[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
  runtime_type = "io.containerd.runc.v2"

[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
  SystemdCgroup = true

[plugins."io.containerd.grpc.v1.cri".registry]
  config_path = "$REGISTRY_HOSTS"
TOML
}

# The pause image that this kubeadm's kubelet uses.
pause_image() {
  local version images
  version=$(kubeadm version --output short) || fail 'kubeadm does not tell its version: is the package whole? apt-get install --reinstall kubeadm'
  images=$(kubeadm config images list --kubernetes-version "$version" --image-repository "$(value KUBERNETES_IMAGE_REPOSITORY)") ||
    fail 'kubeadm does not tell its images: see kubeadm config images list'
  grep '/pause:' <<<"$images" || fail "kubeadm $version names no pause image"
}

# hosts_text SERVER [MIRROR]: a hosts.toml. A mirror with a path says itself where its API begins.
hosts_text() {
  printf '%s\nserver = "%s"\n' "$HOST_HEADER" "$1"
  if [ -n "${2-}" ]; then
    printf '\n[host."%s"]\n  capabilities = ["pull", "resolve"]\n' "${2%/}"
    if [[ ${2#*://} == */?* ]]; then printf '  override_path = true\n'; fi
  fi
}

# mirror REGISTRY SERVER VALUE: containerd asks the mirror first, then the registry itself. It reads these files without a restart.
mirror() {
  if [ -n "$(value "$3")" ]; then
    host_file "$REGISTRY_HOSTS/$1/hosts.toml" 644 < <(hosts_text "$2" "$(value "$3")")
  else
    host_no_file "$REGISTRY_HOSTS/$1/hosts.toml"
  fi
}

registry_check() {
  if value_is_true KUBERNETES_REGISTRY_INSECURE && [ -n "$(value KUBERNETES_REGISTRY_CA)" ]; then
    refuse "KUBERNETES_REGISTRY_INSECURE is true, so KUBERNETES_REGISTRY_CA has no meaning: unset one of them ($ENV_FILE)"
  fi
  if value_is_true KUBERNETES_REGISTRY_INSECURE || [ -n "$(value KUBERNETES_REGISTRY_CA)" ]; then values_require REGISTRY; fi
  if [ -n "$(value KUBERNETES_REGISTRY_CA)" ] && ! [ -r "$(value KUBERNETES_REGISTRY_CA)" ]; then
    refuse "there is no file $(value KUBERNETES_REGISTRY_CA) on this host (KUBERNETES_REGISTRY_CA in $ENV_FILE)"
  fi
}

# How to speak to the private registry: with its CA, over plain HTTP, or as with every other.
private_registry() {
  local host folder
  host=$(value REGISTRY)
  [ -n "$host" ] || return 0
  host=${host%%/*}
  folder=$REGISTRY_HOSTS/$host
  if value_is_true KUBERNETES_REGISTRY_INSECURE; then
    warn "$host is asked over plain HTTP: who is on the network can replace images"
    host_file "$folder/hosts.toml" 644 < <(hosts_text "http://$host" "http://$host")
  elif [ -n "$(value KUBERNETES_REGISTRY_CA)" ]; then
    host_file "$folder/clic-ca.crt" 644 <"$(value KUBERNETES_REGISTRY_CA)"
    host_file "$folder/hosts.toml" 644 < <(
      hosts_text "https://$host" "https://$host"
      printf '  ca = "%s/clic-ca.crt"\n' "$folder"
    )
  else
    host_no_file "$folder/hosts.toml"
  fi
}

containerd_configure() {
  local pause
  mirror docker.io https://registry-1.docker.io KUBERNETES_MIRROR_DOCKER_IO
  mirror quay.io https://quay.io KUBERNETES_MIRROR_QUAY_IO
  mirror registry.k8s.io https://registry.k8s.io KUBERNETES_MIRROR_REGISTRY_K8S_IO
  private_registry
  if [ "$DRY_RUN" = true ] && ! command -v kubeadm >/dev/null; then
    info "would write $CONTAINERD_CONFIG, with the pause image that kubeadm names once it is installed"
    return
  fi
  pause=$(pause_image)
  host_file "$CONTAINERD_CONFIG" 644 restart-containerd < <(containerd_text "$pause")
}
