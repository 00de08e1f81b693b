# shellcheck shell=bash
# What the machine must have. Root and Go are asked for; Debian's packages are installed.

need_root() {
  [ "$(id -u)" -eq 0 ] || refuse 'the cluster needs root: it makes bridges, mounts and containers'
  # A kubelet of somebody else has this machine's packet filter and cgroups.
  local process program
  for process in $(pgrep -x kubelet || true); do
    # Nothing for one that has ended.
    program=$(readlink "/proc/$process/exe" || true)
    case $program in
    '' | "$BIN/kubelet" | "$BIN/kubelet (deleted)") ;;
    *) refuse "another kubelet runs here (process $process, $program): this machine is a node of a cluster already" ;;
    esac
  done
  # The kernel takes 107 bytes.
  [ "${#CONTAINERD_SOCKET}" -lt 100 ] || refuse "CLIC_CLUSTER_DIR is too long a path for sockets: $CLUSTER"
}

# need_go: Go of at least GO_NEEDED, or one that can fetch it.
need_go() {
  local have
  need_tool go "the cluster is built with Go $GO_NEEDED or later: https://go.dev/dl"
  have=$(go env GOVERSION)
  have=${have#go}
  if [ "$(printf '%s\n' "$GO_NEEDED" "$have" | sort -V | head -n 1)" = "$GO_NEEDED" ]; then return; fi
  # Since 1.21, Go fetches the version that a go.mod asks for, unless it is told not to.
  if [ "$(printf '%s\n' 1.21 "$have" | sort -V | head -n 1)" = 1.21 ] && [ "$(go env GOTOOLCHAIN)" != local ]; then return; fi
  refuse "Go $have is too old: the cluster is built with Go $GO_NEEDED or later: https://go.dev/dl"
}

# install_packages PROGRAM:PACKAGE…: the packages whose program is missing.
install_packages() {
  local pair missing=()
  for pair in "$@"; do command -v "${pair%%:*}" >/dev/null || missing+=("${pair##*:}"); done
  [ "${#missing[@]}" -gt 0 ] || return 0
  step "installing ${missing[*]}"
  # Another apt may be at work, and mirrors may hang.
  local apt=(timeout 600 env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 -o Acquire::http::Timeout=30)
  if ! { "${apt[@]}" update && "${apt[@]}" install -y --no-install-recommends "${missing[@]}"; } >"$LOG/apt.log" 2>&1; then
    tail -n 15 "$LOG/apt.log" >&2
    fail "${missing[*]} could not be installed: see $LOG/apt.log"
  fi
}
