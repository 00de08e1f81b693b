# shellcheck shell=bash
# output and status are set by bats' `run`.
# shellcheck disable=SC2154
# What the suites of the host scripts share: a machine and an environment file.

# host_begin [LINE…]: puts the stubs in front of the PATH and writes the environment file, $CLIC_ENV, with these lines.
host_begin() {
  DEPLOY=$(cd "$BATS_TEST_DIRNAME/.." && pwd)
  export DEPLOY CLIC_ENV=$BATS_TEST_TMPDIR/clic.env
  printf '%s\n' "$@" >"$CLIC_ENV"
  unset SUDO_USER
  stubs_begin
}

# stubs_seed: a Debian machine with swap in its fstab; HOST_OS_RELEASE chooses another os-release. Called for each fresh machine.
stubs_seed() {
  local package
  os_release_of "${HOST_OS_RELEASE:-debian}" >"$HOST_ROOT/etc/os-release"
  mkdir -p "$HOST_ROOT/sys/fs/cgroup" "$HOST_ROOT/run" "$HOST_ROOT/var/lib/kubelet" "$HOST_ROOT/var/lib/containerd"
  : >"$HOST_ROOT/sys/fs/cgroup/cgroup.controllers"
  cat >"$HOST_ROOT/etc/fstab" <<'FSTAB'
# <file system> <mount point> <type> <options> <dump> <pass>
UUID=2f1a0f3c-0000-4000-8000-000000000001 / ext4 errors=remount-ro 0 1
UUID=2f1a0f3c-0000-4000-8000-000000000002 none swap sw 0 0
FSTAB
  echo /dev/sda2 >"$STUB_STATE/swap"
  mkdir -p "$STUB_STATE/packages/available"
  for package in kubeadm kubectl kubelet; do echo 1.35.1-1.1 >"$STUB_STATE/packages/available/$package"; done
  if declare -F host_seed >/dev/null; then host_seed; fi
}

os_release_of() {
  case $1 in
  debian) printf 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\n' ;;
  ubuntu) printf 'PRETTY_NAME="Ubuntu 24.04 LTS"\nID=ubuntu\nID_LIKE=debian\nVERSION_ID="24.04"\nVERSION_CODENAME=noble\n' ;;
  rocky) printf 'ID="rocky"\nID_LIKE="rhel centos fedora"\nVERSION_ID="9.4"\n' ;;
  esac
}

# says TEXT: the last `run` said it.
says() {
  [[ "$output" == *"$1"* ]] || {
    printf 'it does not say: %s\nit says: %s\n' "$1" "$output"
    return 1
  }
}

# refused TEXT COMMAND…: ends with status 2 and the text, and changes nothing.
refused() {
  local text=$1 before
  shift
  before=$(stubs_state)
  run "$@" </dev/null
  [ "$status" -eq 2 ] || {
    printf 'status %s: %s\n' "$status" "$output"
    return 1
  }
  says "$text" && diff <(printf '%s\n' "$before") <(stubs_state) && [ -z "$(changes)" ]
}

# changes_nothing COMMAND…: succeeds and leaves the machine as it was.
changes_nothing() {
  local before
  before=$(stubs_state)
  run "$@" </dev/null
  [ "$status" -eq 0 ] || {
    printf 'status %s: %s\n' "$status" "$output"
    return 1
  }
  diff <(printf '%s\n' "$before") <(stubs_state) && [ -z "$(changes)" ]
}
