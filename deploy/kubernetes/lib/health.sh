# shellcheck shell=bash
# What else can make a node NotReady. Checks and remedies for `ensure`.

# How long the clock and the cluster are waited for after a remedy, in seconds.
HEALTH_WAIT=${HEALTH_WAIT:-90}
# The kubelet evicts pods and reports DiskPressure from these on: percent of space and of inodes that are in use.
KUBELET_SPACE=90 IMAGES_SPACE=85 INODES=95
# A certificate that ends sooner is reported, in seconds.
CERTIFICATE_SOON=$((30 * 24 * 3600))

units_are_current() {
  local unit
  for unit in kubelet containerd; do
    if [ "$(systemctl show --property NeedDaemonReload --value "$unit")" = yes ]; then
      printf 'the unit of %s was changed\n' "$unit"
      return 1
    fi
  done
}

units_reload() { host_run systemctl daemon-reload; }

containerd_is_configured() {
  grep -Eqs '^[[:space:]]*SystemdCgroup = true' "$HOST_ROOT$CONTAINERD_CONFIG" || {
    printf '%s has no SystemdCgroup = true: run install-node.sh\n' "$CONTAINERD_CONFIG"
    return 1
  }
}

# service_runs UNIT: enabled and active.
service_runs() {
  local status=0
  systemctl is-enabled --quiet "$1" || {
    printf '%s is not enabled\n' "$1"
    status=1
  }
  systemctl is-active --quiet "$1" || {
    printf '%s is not active, see journalctl -u %s\n' "$1" "$1"
    status=1
  }
  return "$status"
}

containerd_runs() { service_runs containerd; }
containerd_start() { host_service containerd; }
kubelet_runs() { service_runs kubelet; }
kubelet_start() { host_service kubelet; }

# wait_for CHECK: until it is so, at most HEALTH_WAIT seconds.
wait_for() {
  local until=$((SECONDS + HEALTH_WAIT))
  while ! "$1" >/dev/null; do
    if [ "$SECONDS" -ge "$until" ]; then return 0; fi
    sleep 1
  done
}

clock_is_right() {
  local found
  found=$(timedatectl show --property NTPSynchronized --value) || return 2
  [ "$found" = yes ] || {
    echo 'it is not: certificates and tokens fail when the clock is wrong; allow NTP (UDP port 123) or set a server in timesyncd.conf'
    return 1
  }
}

clock_set() {
  if [ "$(timedatectl show --property CanNTP --value)" = no ]; then host_packages systemd-timesyncd; fi
  host_run timedatectl set-ntp true
  if [ "$DRY_RUN" = true ]; then return; fi
  wait_for clock_is_right
}

# disk_has_room PATH SPACE: percent in use, of space and of inodes.
disk_has_room() {
  local path=$1 limit=$2 figures space inodes
  [ -d "$HOST_ROOT$path" ] || return 0
  figures=$(df --output=pcent,ipcent "$HOST_ROOT$path" | tail -n 1 | tr -d '%') || return 2
  read -r space inodes <<<"$figures"
  # A file system without inodes says -.
  if [ "$space" -gt "$limit" ] || { [ "$inodes" != - ] && [ "$inodes" -gt "$INODES" ]; }; then
    printf '%s: %s %% of the space and %s %% of the inodes are in use; see crictl rmi --prune, journalctl --vacuum-size=500M, du -xsh /var/*\n' "$path" "$space" "$inodes"
    return 1
  fi
}

disks_have_room() {
  local status=0
  disk_has_room /var/lib/kubelet "$KUBELET_SPACE" || status=1
  disk_has_room /var/lib/containerd "$IMAGES_SPACE" || status=1
  return "$status"
}

certificates_are_valid() {
  local file pki ends left status=0
  pki=$(kubernetes_file pki)
  for file in "$HOST_ROOT/var/lib/kubelet/pki/kubelet-client-current.pem" "$pki"/*.crt "$pki"/etcd/*.crt; do
    [ -f "$file" ] || continue
    ends=$(openssl x509 -in "$file" -noout -enddate) || {
      printf "%s can't be read as a certificate\n" "${file#"$HOST_ROOT"}"
      status=1
      continue
    }
    left=$(($(date -d "${ends#notAfter=}" +%s) - $(date +%s)))
    if [ "$left" -le 0 ]; then
      printf '%s has ended; ' "${file#"$HOST_ROOT"}"
      case $file in
      *kubelet-client*) printf 'reset-node.sh, then join-worker.sh\n' ;;
      *) printf 'kubeadm certs renew all, then restart the control plane (see deploy/kubernetes/README.md)\n' ;;
      esac
      status=1
    elif [ "$left" -lt "$CERTIFICATE_SOON" ]; then
      warn "${file#"$HOST_ROOT"} ends within 30 days: see kubeadm certs check-expiration"
    fi
  done
  return "$status"
}

api_answers() {
  local server
  server=$(sed -nE 's/^ *server: *"?([^"]*)"?$/\1/p' "$(kubernetes_file kubelet.conf)" | head -n 1)
  [ -n "$server" ] || {
    echo '/etc/kubernetes/kubelet.conf names no server'
    return 1
  }
  curl --silent --show-error --fail --max-time 10 --cacert "$(kubernetes_file pki/ca.crt)" --output /dev/null "$server/livez" || {
    printf '%s does not answer: is the control plane up, is the way to it free of firewalls and proxies?\n' "$server"
    return 1
  }
}

# The node may ask for itself with the kubelet's own identity.
node_is_ready() {
  local found
  found=$(kubectl --kubeconfig "$(kubernetes_file kubelet.conf)" --request-timeout 10s get node "$(node_name)" \
    --output 'jsonpath={.status.conditions[?(@.type=="Ready")].status}') || {
    echo 'the cluster could not be asked'
    return 2
  }
  [ "$found" = True ] || {
    printf 'its Ready is %s: see kubectl describe node %s\n' "${found:-unknown}" "$(node_name)"
    return 1
  }
}

node_wait() {
  if [ "$DRY_RUN" = true ]; then return; fi
  wait_for node_is_ready
}
