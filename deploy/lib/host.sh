# shellcheck shell=bash
# What the scripts that set up a host share: checks, files, packages, services. They run as root on Debian or Ubuntu, ask nothing, and
# can be run again: a second run changes nothing, and a run after one that failed goes on where that one stopped. Loaded after log.sh,
# options.sh and values.sh; DEPLOY_DIR is set.
#
# HOST_ROOT is put in front of every path that is read or written: for tests, or to look at what would be written on another host.

HOST_ROOT=${HOST_ROOT:-}

# For apt-get: no questions, and configuration files that were changed stay.
export DEBIAN_FRONTEND=noninteractive
APT_OPTIONS=(--yes --quiet --no-install-recommends -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold)

# host_check: refuses unless this is root on Debian or Ubuntu. Sets HOST_OS (debian, ubuntu) and HOST_CODENAME (bookworm, noble…).
host_check() {
  if [ -z "$HOST_ROOT" ] && [ "$(id -u)" -ne 0 ]; then refuse "${0##*/} changes the system, so run it as root: sudo $0"; fi
  [ -r "$HOST_ROOT/etc/os-release" ] || refuse 'this host has no /etc/os-release: only Debian and Ubuntu are supported'
  HOST_OS=$(os_release ID)
  # HOST_CODENAME is for scripts that add a package source.
  # shellcheck disable=SC2034
  HOST_CODENAME=$(os_release VERSION_CODENAME)
  case $HOST_OS in debian | ubuntu) ;; *) refuse "this host runs ${HOST_OS:-something unknown}: only Debian and Ubuntu are supported" ;; esac
}

os_release() { sed -nE "s/^$1=\"?([^\"]*)\"?\$/\1/p" "$HOST_ROOT/etc/os-release" | head -n 1; }

# host_run COMMAND…: runs a program that changes something; with --dry-run prints it instead.
host_run() {
  if [ "$DRY_RUN" = true ]; then
    info "would run: $*"
    return
  fi
  info "running: $*"
  "$@" >&2 || fail "this failed: $*: look at what it said above, put it right and run ${0##*/} again"
}

# What is due: a file was changed, and what reads it has not been told yet. Kept in /run, so that a run after one that failed still knows, and a
# reboot, after which everything has been read anew, forgets.
HOST_DUE_DIR=$HOST_ROOT/run/clic-deploy
HOST_WOULD_BE_DUE=' '

# host_mark_due TASK…
host_mark_due() {
  local task
  for task in "$@"; do
    if [ "$DRY_RUN" = true ]; then
      HOST_WOULD_BE_DUE+="$task "
    else
      mkdir -p "$HOST_DUE_DIR"
      : >"$HOST_DUE_DIR/$task"
    fi
  done
}

host_is_due() { [ -e "$HOST_DUE_DIR/$1" ] || [[ $HOST_WOULD_BE_DUE == *" $1 "* ]]; }

host_is_done() {
  if [ "$DRY_RUN" = true ]; then return; fi
  rm -f "$HOST_DUE_DIR/$1"
  rmdir --ignore-fail-on-non-empty "$HOST_DUE_DIR"
}

# host_settle TASK COMMAND…: runs the command if the task is due.
host_settle() {
  local task=$1
  shift
  if host_is_due "$task"; then
    host_run "$@"
    host_is_done "$task"
  fi
}

# host_file_is PATH MODE: whether the file has this mode and the text on stdin.
host_file_is() {
  [ -f "$HOST_ROOT$1" ] && [ "$(stat -c %a "$HOST_ROOT$1")" = "$2" ] && cmp -s - "$HOST_ROOT$1"
}

# host_file PATH MODE [TASK…]: brings the file to the text on stdin, at once or not at all. The tasks are due when it differed.
host_file() {
  local path=$1 file=$HOST_ROOT$1 mode=$2 text
  shift 2
  text=$(
    cat
    printf .
  )
  text=${text%.}
  if printf %s "$text" | host_file_is "$path" "$mode"; then return; fi
  host_mark_due "$@"
  if [ "$DRY_RUN" = true ]; then
    info "would write $path:"
    if [ -f "$file" ]; then
      diff -U 1 --label "$path" --label "$path (new)" "$file" <(printf %s "$text") >&2 || true
    else
      printf %s "$text" | sed 's/^/  /' >&2
    fi
    return
  fi
  info "writing $path"
  mkdir -p "$(dirname "$file")"
  (
    umask 077
    printf %s "$text" >"$file.clic-new"
  )
  chmod "$mode" "$file.clic-new"
  mv -f "$file.clic-new" "$file"
}

# host_no_file PATH [TASK…]: the file is not there; one that does not carry our header (HOST_HEADER) stays.
host_no_file() {
  local file=$HOST_ROOT$1
  if ! [ -f "$file" ] || ! grep -Fxq -- "$HOST_HEADER" "$file"; then return; fi
  info "removing $1"
  if [ "$DRY_RUN" = true ]; then return; fi
  rm "$file"
  shift
  host_mark_due "$@"
}

HOST_HEADER='# Written by the scripts in deploy/ from clic.env: change that file and run the script again.'

# host_folder PATH MODE OWNER: a folder with this mode and owner (UID:GID). What is in it stays as it is.
host_folder() {
  local path=$1 folder=$HOST_ROOT$1 mode=$2 owner=$3
  if ! [ -d "$folder" ]; then
    info "making the folder $path"
    if [ "$DRY_RUN" = true ]; then return; fi
    mkdir -p "$(dirname "$folder")"
    mkdir -m 700 "$folder"
  fi
  if [ "$(stat -c %u:%g "$folder")" != "$owner" ]; then host_run chown "$owner" "$folder"; fi
  if [ "$(stat -c %a "$folder")" != "$mode" ]; then host_run chmod "$mode" "$folder"; fi
}

# host_has_package NAME: whether it is installed.
host_has_package() {
  # shellcheck disable=SC2016  # a format of dpkg-query
  [ "$(dpkg-query --show --showformat '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# host_packages NAME…: installs those that are missing.
host_packages() {
  local package missing=()
  for package in "$@"; do
    host_has_package "$package" || missing+=("$package")
  done
  if [ "${#missing[@]}" -eq 0 ]; then return; fi
  host_run apt-get update --quiet
  host_run apt-get install "${APT_OPTIONS[@]}" "${missing[@]}"
}

# host_service UNIT: it runs now and after a reboot; it is restarted when restart-UNIT is due.
host_service() {
  local unit=$1
  systemctl is-enabled --quiet "$unit" || host_run systemctl enable "$unit"
  if host_is_due "restart-$unit"; then
    host_settle "restart-$unit" systemctl restart "$unit"
  elif ! systemctl is-active --quiet "$unit"; then
    host_run systemctl start "$unit"
  fi
}
