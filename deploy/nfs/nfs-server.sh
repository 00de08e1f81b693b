#!/usr/bin/env bash
# Makes this host the NFS server of the environment: package, folder, exports. Can be run again at any time.
set -euo pipefail

DEPLOY_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
for part in log options values host; do
  # shellcheck source=/dev/null
  . "$DEPLOY_DIR/lib/$part.sh"
done

usage() {
  cat <<'TEXT'
nfs-server.sh [--env FILE] [--dry-run]

Makes this host the NFS server: installs the package, makes the folder NFS_PATH, exports it to NFS_NETWORKS. Run it as root, on Debian or Ubuntu.

  --env FILE   the environment file (default: $CLIC_ENV, then deploy/clic.env)
  --dry-run    print what would be changed, change nothing

Exit status: 0 done; 1 failed; 2 usage or values (nothing was changed).
TEXT
}

# Every client, root included, acts as NFS_UID:NFS_GID: pods of any user can write, none can become another, and no folder has to be
# open to everybody. sync: what was written is on the disk before the client hears that it was.
export_options() { printf 'rw,sync,no_subtree_check,sec=sys,root_squash,all_squash,anonuid=%s,anongid=%s' "$(value NFS_UID)" "$(value NFS_GID)"; }

exports_file() {
  local network line
  line=$(value NFS_PATH)
  while IFS= read -r network; do line+=" $network($(export_options))"; done < <(
    value NFS_NETWORKS | tr ',' '\n'
    echo
  )
  printf '%s\n%s\n' "$HOST_HEADER" "$line"
}

# Refuses what would be exported to everybody, what would change a folder of the system, and exports made by hand, which would stay in force.
check_values() {
  local network file found
  values_require NFS_PATH NFS_NETWORKS
  while IFS= read -r network; do
    [[ $network != */0 ]] || refuse "NFS_NETWORKS has $network, which is everybody: name the networks of the nodes ($ENV_FILE)"
  done < <(
    value NFS_NETWORKS | tr ',' '\n'
    echo
  )
  case $(value NFS_PATH) in
  / | /bin | /boot | /dev | /etc | /home | /lib* | /opt | /proc | /root | /run | /sbin | /srv | /sys | /tmp | /usr | /usr/* | /var | /var/lib | /var/log)
    refuse "NFS_PATH is $(value NFS_PATH), a folder of the system, whose owner must not change: name one for CLIC alone ($ENV_FILE)"
    ;;
  esac
  if [ "$(value NFS_UID)" -eq 0 ] || [ "$(value NFS_GID)" -eq 0 ]; then refuse "NFS_UID and NFS_GID must not be root's ($ENV_FILE)"; fi
  for file in "$HOST_ROOT/etc/exports" "$HOST_ROOT"/etc/exports.d/*.exports; do
    if ! [ -f "$file" ] || [ "$file" = "$HOST_ROOT/etc/exports.d/clic.exports" ]; then continue; fi
    found=$(awk -v ours="$(value NFS_PATH)" '
      /^[[:space:]]*(#|$)/ { next }
      { theirs = $1; gsub(/"/, "", theirs); sub(/\/+$/, "", theirs) }
      theirs == "" || ours == theirs || index(ours "/", theirs "/") == 1 || index(theirs "/", ours "/") == 1 { print FNR; exit }' "$file")
    [ -z "$found" ] || refuse "${file#"$HOST_ROOT"}:$found exports $(value NFS_PATH) or a folder around or in it, with rules of its own: remove the line, then run this again"
  done
}

# What an earlier installation left: files of other users, which the squashed clients can't change, and folders open to everybody.
report_leftovers() {
  local folder found
  folder=$HOST_ROOT$(value NFS_PATH)
  [ -d "$folder" ] || return 0
  found=$(find "$folder" -mindepth 1 -maxdepth 2 ! -uid "$(value NFS_UID)" -print -quit)
  [ -z "$found" ] || warn "$found belongs to another user, so pods may not be able to change it: chown -R $(value NFS_UID):$(value NFS_GID) $(value NFS_PATH)"
  found=$(find "$folder" -mindepth 1 -maxdepth 2 -type d -perm -0002 -print -quit)
  [ -z "$found" ] || warn "$found is writable for everybody: chmod -R o-w $(value NFS_PATH)"
}

main() {
  only_common_options "$@"
  values_load "$ENV_FILE"
  host_check
  check_values
  host_packages nfs-kernel-server
  # A name for the user, so that the number is not given to somebody else.
  host_file /etc/sysusers.d/clic-data.conf 644 sysusers < <(
    printf '%s\ng clic-data %s\nu clic-data %s:%s "CLIC shared folder"\n' "$HOST_HEADER" "$(value NFS_GID)" "$(value NFS_UID)" "$(value NFS_GID)"
  )
  host_settle sysusers systemd-sysusers
  host_folder "$(value NFS_PATH)" 2770 "$(value NFS_UID):$(value NFS_GID)"
  host_file /etc/exports.d/clic.exports 644 exportfs < <(exports_file)
  host_service nfs-server
  host_settle exportfs exportfs -ra
  report_leftovers
  info "$(value NFS_PATH) is exported to $(value NFS_NETWORKS); clients need TCP port 2049 of this host"
}

main "$@"
