#!/usr/bin/env bash
# Lets this host mount the shared folder, and mounts it: package, fstab entry, a check that it can be written. Can be run again at any time.
set -euo pipefail

DEPLOY_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
for part in log options values host; do
  # shellcheck source=/dev/null
  . "$DEPLOY_DIR/lib/$part.sh"
done

usage() {
  cat <<'TEXT'
nfs-client.sh [--env FILE] [--dry-run]

Mounts NFS_SERVER:NFS_PATH at NFS_MOUNT, now and after reboots. Every Kubernetes node needs it: without nfs-common no pod can use pvc-nfs.
Run it as root, on Debian or Ubuntu.

  --env FILE   the environment file (default: $CLIC_ENV, then deploy/clic.env)
  --dry-run    print what would be changed, change nothing

Exit status: 0 done; 1 failed; 2 usage or values (nothing was changed).
TEXT
}

# A wait of a process for the server is bounded by nothing but the mount: hard, so that no write is lost. The mount itself is made when the
# folder is first used and does not hold up the boot.
MOUNT_OPTIONS=nfsvers=4.2,hard,noatime,_netdev,nofail,x-systemd.automount,x-systemd.mount-timeout=30s
PROBE_SECONDS=60

mount_source() {
  local server
  server=$(value NFS_SERVER)
  if [[ $server == *:* ]]; then server="[$server]"; fi
  printf '%s:%s' "$server" "$(value NFS_PATH)"
}

# The fstab with our line in the place of the one that had the same mount point, or at its end.
fstab_text() {
  awk -v point="$(value NFS_MOUNT)" -v ours="$(mount_source) $(value NFS_MOUNT) nfs $MOUNT_OPTIONS 0 0" '
    !/^[[:space:]]*(#|$)/ && $2 == point { if (!placed) print ours; placed = 1; next }
    { print }
    END { if (!placed) print ours }' "$HOST_ROOT/etc/fstab"
}

# The NFS source that is mounted there now; empty when there is none.
mounted_source() { findmnt --raw --noheadings --types nfs,nfs4 --output SOURCE --mountpoint "$(value NFS_MOUNT)" || true; }

# The name that systemd gives the automount of NFS_MOUNT, as systemd-escape --path makes it from the characters that a path may have here.
automount_unit() { value NFS_MOUNT | sed -e 's,^/,,' -e 's/-/\\x2d/g' -e 's,/,-,g' -e 's/^\./\\x2e/' -e 's/$/.automount/'; }

check_values() {
  local type source
  values_require NFS_SERVER NFS_PATH NFS_MOUNT
  [ "$(value NFS_MOUNT)" != / ] || refuse "NFS_MOUNT must not be / ($ENV_FILE)"
  [ -f "$HOST_ROOT/etc/fstab" ] || refuse 'this host has no /etc/fstab'
  type=$(awk -v point="$(value NFS_MOUNT)" '!/^[[:space:]]*(#|$)/ && $2 == point && $3 !~ /^nfs4?$/ { print $3; exit }' "$HOST_ROOT/etc/fstab")
  [ -z "$type" ] || refuse "/etc/fstab mounts a file system of type $type at $(value NFS_MOUNT): set another NFS_MOUNT in $ENV_FILE"
  source=$(mounted_source)
  [ -z "$source" ] || [ "$source" = "$(mount_source)" ] ||
    refuse "$source is mounted at $(value NFS_MOUNT), not $(mount_source): umount it, then run this again"
  if grep -qs "^$(value NFS_PATH) " "$HOST_ROOT/etc/exports.d/clic.exports" && [ "$(value NFS_PATH)" = "$(value NFS_MOUNT)" ]; then
    refuse "this host exports $(value NFS_PATH) itself, so it can't mount it over itself: set another NFS_MOUNT, or don't run this here"
  fi
}

# The folder takes what is written and gives it back. The time is limited, since a hard mount waits for its server for ever.
probe() {
  local file
  file=$HOST_ROOT$(value NFS_MOUNT)/.clic-probe-$$
  # shellcheck disable=SC2016  # for the inner shell
  timeout --kill-after 5 "$PROBE_SECONDS" bash -c 'set -e; trap '\''rm -f "$1"'\'' EXIT; echo "$$" >"$1"; [ "$(cat "$1")" = "$$" ]' probe "$file" ||
    fail "$(value NFS_MOUNT) can't be written and read: is $(value NFS_SERVER) up, its port 2049 open, and this host in its NFS_NETWORKS? See: journalctl -u '*.mount'"
  [ "$(mounted_source)" = "$(mount_source)" ] || fail "$(value NFS_MOUNT) is a folder of this host, $(mount_source) is not mounted on it: see journalctl -u '*.automount'"
}

main() {
  local unit
  only_common_options "$@"
  values_load "$ENV_FILE"
  host_check
  check_values
  host_packages nfs-common
  if ! [ -d "$HOST_ROOT$(value NFS_MOUNT)" ]; then host_run mkdir -p "$HOST_ROOT$(value NFS_MOUNT)"; fi
  host_file /etc/fstab "$(stat -c %a "$HOST_ROOT/etc/fstab")" daemon-reload < <(fstab_text)
  host_settle daemon-reload systemctl daemon-reload
  unit=$(automount_unit)
  if [ -z "$(mounted_source)" ] && ! systemctl is-active --quiet "$unit"; then host_run systemctl start "$unit"; fi
  if [ "$DRY_RUN" = true ]; then return; fi
  probe
  info "$(mount_source) is mounted at $(value NFS_MOUNT) and can be written"
}

main "$@"
