# shellcheck shell=bash
# What a kubelet wants from its host, now and after every reboot: no swap, modules, sysctls. Checks and remedies for `ensure`.

MODULES=(overlay br_netfilter)
MODULES_FILE=/etc/modules-load.d/clic-kubernetes.conf
# It sorts behind 99-sysctl.conf, the /etc/sysctl.conf of the distribution, so that it has the last word.
SYSCTL_FILE=/etc/sysctl.d/99-zz-clic-kubernetes.conf
SYSCTLS=(net.bridge.bridge-nf-call-iptables net.bridge.bridge-nf-call-ip6tables net.ipv4.ip_forward)
# Services that make swap in compressed memory or in a file.
SWAP_SERVICES=(zramswap zram-config dphys-swapfile)
ZRAM_CONFIG=/etc/systemd/zram-generator.conf

# node_settings: all of this file, in an order that works.
node_settings() {
  ensure 'swap is off' swap_is_off swap_turn_off
  ensure 'swap stays off after a reboot' swap_stays_off swap_keep_off
  ensure "modules ${MODULES[*]} are loaded" modules_are_loaded modules_load
  ensure 'modules are loaded after a reboot' modules_stay modules_keep
  ensure 'bridged traffic is filtered and forwarded (sysctl)' sysctls_are_set sysctls_set
  ensure 'sysctls are set after a reboot' sysctls_stay sysctls_keep
}

swap_is_off() {
  local active
  active=$(swapon --show=NAME --noheadings) || return 2
  [ -z "$active" ] || {
    printf '%s is swapped to\n' "${active//$'\n'/, }"
    return 1
  }
}

swap_turn_off() { host_run swapoff --all; }

# What would bring swap back, one line each.
swap_returns_by() {
  local service unit
  awk '!/^[[:space:]]*#/ && $3 == "swap" {print "fstab " $1}' "$HOST_ROOT/etc/fstab"
  for service in "${SWAP_SERVICES[@]}"; do
    if systemctl is-enabled --quiet "$service" 2>/dev/null; then echo "service $service"; fi
  done
  if zram_generator_is_installed && ! zram_text | host_file_is "$ZRAM_CONFIG" 644; then echo 'zram zram-generator'; fi
  # Units that come from elsewhere, for example from the partition table. Those of the fstab are gone once its lines are.
  for unit in $(systemctl list-units --type swap --all --plain --no-legend | awk '$1 ~ /\.swap$/ && $2 != "not-found" {print $1}'); do
    case $(systemctl is-enabled "$unit" 2>/dev/null) in masked*) ;; *) echo "unit $unit" ;; esac
  done
  if host_is_due daemon-reload; then echo 'reload systemd'; fi
}

zram_generator_is_installed() { [ -e "$HOST_ROOT/usr/lib/systemd/system-generators/zram-generator" ]; }

# A configuration without a device, which takes the place of the packaged one.
zram_text() { printf '%s\n# No swap: the kubelet does not run with it.\n' "$HOST_HEADER"; }

swap_stays_off() {
  local causes
  causes=$(swap_returns_by)
  [ -z "$causes" ] || {
    printf '%s\n' "$causes"
    return 1
  }
}

swap_keep_off() {
  local kind name causes
  host_file /etc/fstab "$(stat -c %a "$HOST_ROOT/etc/fstab")" daemon-reload < <(
    awk '!/^[[:space:]]*#/ && $3 == "swap" { print "# swap off for the kubelet: " $0; next } { print }' "$HOST_ROOT/etc/fstab"
  )
  if zram_generator_is_installed; then host_file "$ZRAM_CONFIG" 644 daemon-reload < <(zram_text); fi
  host_settle daemon-reload systemctl daemon-reload
  causes=$(swap_returns_by)
  while read -r kind name; do
    case $kind in
    service) host_run systemctl disable --now "$name" ;;
    unit) host_run systemctl mask "$name" ;;
    esac
  done <<<"$causes"
}

modules_are_loaded() {
  local module loaded status=0
  loaded=$(lsmod) || return 2
  for module in "${MODULES[@]}"; do
    # One that is built in is not listed.
    if ! grep -q "^$module " <<<"$loaded" && ! [ -d "$HOST_ROOT/sys/module/$module" ]; then
      printf '%s is not loaded\n' "$module"
      status=1
    fi
  done
  return "$status"
}

modules_load() {
  local module
  for module in "${MODULES[@]}"; do host_run modprobe "$module"; done
}

modules_text() { printf '%s\n' "$HOST_HEADER" "${MODULES[@]}"; }
modules_stay() { modules_text | host_file_is "$MODULES_FILE" 644; }
modules_keep() { host_file "$MODULES_FILE" 644 < <(modules_text); }

sysctls_are_set() {
  local key found status=0
  for key in "${SYSCTLS[@]}"; do
    # --ignore: a key that is unknown, as those of br_netfilter are until it is loaded, has no value and is no error.
    found=$(sysctl --values --ignore "$key") || return 2
    [ "$found" = 1 ] || {
      printf '%s is %s, not 1\n' "$key" "${found:-unknown}"
      status=1
    }
  done
  return "$status"
}

sysctls_set() {
  local key
  for key in "${SYSCTLS[@]}"; do host_run sysctl --quiet --write "$key=1"; done
}

sysctls_text() {
  printf '%s\n' "$HOST_HEADER"
  printf '%s = 1\n' "${SYSCTLS[@]}"
}
sysctls_stay() { sysctls_text | host_file_is "$SYSCTL_FILE" 644; }
sysctls_keep() { host_file "$SYSCTL_FILE" 644 < <(sysctls_text); }
