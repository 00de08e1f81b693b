# shellcheck shell=bash
# Package sources and the packages of a node.

KUBERNETES_PACKAGES=(kubeadm kubectl kubelet)

# The package that brings containerd: Docker's where its repository is configured or its package is there already, else the distribution's.
containerd_package() {
  if [ -n "$(value KUBERNETES_CONTAINERD_URL)" ] || host_has_package containerd.io; then echo containerd.io; else echo containerd; fi
}

# key_location VALUE URL: where a key comes from.
key_location() {
  local location
  location=$(value "$1")
  printf '%s' "${location:-$2}"
}

kubernetes_key() { key_location KUBERNETES_PACKAGES_KEY "$(value KUBERNETES_PACKAGES_URL)/v$(value KUBERNETES_VERSION)/deb/Release.key"; }
containerd_key() { key_location KUBERNETES_CONTAINERD_KEY "$(value KUBERNETES_CONTAINERD_URL)/$HOST_OS/gpg"; }

# Refuses sources that would fail half-way: keys over plain HTTP, the repository that is gone, packages of another minor version.
packages_check() {
  local key package found
  for key in "$(kubernetes_key)" "$([ -z "$(value KUBERNETES_CONTAINERD_URL)" ] || containerd_key)"; do
    case $key in
    '' | https://*) ;;
    http://*) refuse "the key $key would come over plain HTTP, where it can be replaced: set KUBERNETES_PACKAGES_KEY or KUBERNETES_CONTAINERD_KEY to a file or an https URL ($ENV_FILE)" ;;
    *) [ -r "$key" ] || refuse "there is no key file $key ($ENV_FILE)" ;;
    esac
  done
  found=$(grep -lsE '^[^#]*(kubernetes-xenial|apt\.kubernetes\.io)' "$HOST_ROOT/etc/apt/sources.list" "$HOST_ROOT"/etc/apt/sources.list.d/* | grep -Fxv "$HOST_ROOT/etc/apt/sources.list.d/kubernetes.list" || true)
  [ -z "$found" ] || refuse "${found#"$HOST_ROOT"} names a Kubernetes repository that no longer exists, so apt-get would fail: remove it, then run this again"
  for package in "${KUBERNETES_PACKAGES[@]}"; do
    host_has_package "$package" || continue
    # shellcheck disable=SC2016  # a format of dpkg-query
    found=$(dpkg-query --show --showformat '${Version}' "$package")
    [[ $found == "$(value KUBERNETES_VERSION)".* ]] ||
      refuse "$package $found is installed, and KUBERNETES_VERSION is $(value KUBERNETES_VERSION): see Upgrade in deploy/kubernetes/README.md"
  done
}

# fetch LOCATION: a file or the answer of a URL, on stdout.
fetch() {
  case $1 in
  http://* | https://*) curl --fail --silent --show-error --location --max-time 120 --retry 3 "$1" ;;
  *) cat "$1" ;;
  esac
}

# package_source NAME KEY LINE: a source with a key of its own. The key is fetched once: delete the file to have it fetched again.
package_source() {
  local keyring=/etc/apt/keyrings/$1.asc text
  if ! [ -s "$HOST_ROOT$keyring" ]; then
    if [ "$DRY_RUN" = true ]; then
      info "would fetch $2 to $keyring"
    else
      text=$(fetch "$2") || fail "the key $2 could not be fetched: check the network, or name a mirror in $ENV_FILE"
      host_file "$keyring" 644 <<<"$text"
    fi
  fi
  host_file "/etc/apt/sources.list.d/$1.list" 644 package-lists < <(printf '%s\ndeb [signed-by=%s] %s\n' "$HOST_HEADER" "$keyring" "$3")
}

# packages_install: sources, packages, and a hold on those whose version must not change by itself.
packages_install() {
  local package held hold=()
  host_packages ca-certificates curl
  package_source kubernetes "$(kubernetes_key)" "$(value KUBERNETES_PACKAGES_URL)/v$(value KUBERNETES_VERSION)/deb/ /"
  if [ -n "$(value KUBERNETES_CONTAINERD_URL)" ]; then
    package_source containerd "$(containerd_key)" "$(value KUBERNETES_CONTAINERD_URL)/$HOST_OS $HOST_CODENAME stable"
  fi
  host_settle package-lists apt-get update --quiet
  host_packages "$(containerd_package)" "${KUBERNETES_PACKAGES[@]}" conntrack ethtool iptables socat openssl
  held=$(apt-mark showhold) || fail 'apt-mark can not tell what is held'
  for package in "${KUBERNETES_PACKAGES[@]}"; do
    grep -Fxq "$package" <<<"$held" || hold+=("$package")
  done
  if [ "${#hold[@]}" -gt 0 ]; then host_run apt-mark hold "${hold[@]}"; fi
}
