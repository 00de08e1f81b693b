#!/usr/bin/env bash
# Checks a node that is NotReady, step by step, and repairs what can be repaired, so that a reboot does not bring it back.
set -euo pipefail
# shellcheck source=/dev/null
. "$(dirname "${BASH_SOURCE[0]}")/lib/load.sh"
# shellcheck source=/dev/null
. "$DEPLOY_DIR/kubernetes/lib/health.sh"

usage() {
  cat <<'TEXT'
repair-node.sh [--check-only] [--restart] [--env FILE] [--dry-run]

Checks this node, one line each: ok, fixed, or BAD with the reason and what to do. Run it as root on the node that is NotReady.

  --check-only   only say what is, change nothing
  --restart      restart containerd and the kubelet too, even if nothing else was wrong
  --env FILE     the environment file (default: $CLIC_ENV, then deploy/clic.env)
  --dry-run      print what would be changed, change nothing

Exit status: 0 all is well now; 1 something is BAD; 2 usage or values (nothing was changed).
TEXT
}

RESTART=false

read_options() {
  while [ $# -gt 0 ]; do
    case $1 in
    --check-only) CHECK_ONLY=true OPTION_WORDS=1 ;;
    --restart) RESTART=true OPTION_WORDS=1 ;;
    *)
      common_option "$@"
      [ "$OPTION_WORDS" -gt 0 ] || refuse "unknown option $1: see repair-node.sh --help"
      ;;
    esac
    shift "$OPTION_WORDS"
  done
  if [ "$CHECK_ONLY" = true ] && [ "$RESTART" = true ]; then refuse '--check-only changes nothing, so --restart has no meaning with it'; fi
}

main() {
  read_options "$@"
  values_load "$ENV_FILE"
  host_check
  for tool in kubelet containerd; do need_tool "$tool" 'run install-node.sh on this host first'; done
  node_settings
  ensure 'units are loaded as they are on the disk' units_are_current units_reload
  if [ "$RESTART" = true ]; then host_run systemctl restart containerd; fi
  ensure 'containerd leaves cgroups to systemd' containerd_is_configured
  ensure 'containerd runs now and after a reboot' containerd_runs containerd_start
  ensure 'the clock is synchronized' clock_is_right clock_set
  ensure 'there is room on the disks' disks_have_room
  ensure 'certificates are valid' certificates_are_valid
  # What was wrong may have left the kubelet waiting; the state of the host is right only now.
  if [ "$RESTART" = true ] || [ "$FIXED_COUNT" -gt 0 ]; then host_mark_due restart-kubelet; fi
  if [ "$CHECK_ONLY" = false ]; then host_settle restart-kubelet systemctl restart kubelet; fi
  ensure 'the kubelet runs now and after a reboot' kubelet_runs kubelet_start
  if is_member; then
    ensure 'the API server answers' api_answers
    ensure 'the cluster sees this node as Ready' node_is_ready node_wait
  else
    info 'this host is not part of a cluster yet: control-plane.sh or join-worker.sh'
  fi
  [ "$BAD_COUNT" -eq 0 ] || fail "$BAD_COUNT of the checks above are BAD; more is in: journalctl -u kubelet -n 50"
}

main "$@"
