#!/usr/bin/env bash
# Lets this host join a cluster as a worker. The token is in no argument, in no environment and in no file that stays.
set -euo pipefail
# shellcheck source=/dev/null
. "$(dirname "${BASH_SOURCE[0]}")/lib/load.sh"

usage() {
  cat <<'TEXT'
join-worker.sh --ca-hash HASH [--endpoint HOST:PORT] [--token-file FILE] [--env FILE] [--dry-run]   < token

Lets this host, on which install-node.sh has been run, join a cluster. control-plane.sh prints the whole command. Run it as root.

  --ca-hash HASH       sha256:… of the cluster's CA, which the control plane is recognized by
  --endpoint HOST:PORT the API server (default: KUBERNETES_CONTROL_PLANE_ENDPOINT)
  --token-file FILE    where the token is read from (default: stdin); make one with kubeadm token create --ttl 1h
  --env FILE           the environment file (default: $CLIC_ENV, then deploy/clic.env)
  --dry-run            print what would be changed, change nothing

Exit status: 0 done; 1 failed; 2 usage or values (nothing was changed).
TEXT
}

ENDPOINT='' CA_HASH='' TOKEN_FILE=''

read_options() {
  while [ $# -gt 0 ]; do
    OPTION_WORDS=2
    case $1 in
    --token | --token=*) refuse 'a token among the arguments can be seen by everybody on this host: give it on stdin or by --token-file' ;;
    --endpoint | --ca-hash | --token-file)
      [ $# -ge 2 ] || refuse "$1 wants a value"
      case $1 in
      --endpoint) ENDPOINT=$2 ;;
      --ca-hash) CA_HASH=$2 ;;
      --token-file) TOKEN_FILE=$2 ;;
      esac
      ;;
    *)
      common_option "$@"
      [ "$OPTION_WORDS" -gt 0 ] || refuse "unknown option $1: see join-worker.sh --help"
      ;;
    esac
    shift "$OPTION_WORDS"
  done
}

check() {
  if [ -z "$ENDPOINT" ]; then
    values_require KUBERNETES_CONTROL_PLANE_ENDPOINT
    ENDPOINT=$(value KUBERNETES_CONTROL_PLANE_ENDPOINT)
  fi
  value_fits endpoint "$ENDPOINT" || refuse "--endpoint: '$ENDPOINT' is not $(value_wants endpoint)"
  if ! is_control_plane && is_member; then return; fi
  [ -n "$CA_HASH" ] || refuse '--ca-hash is missing: control-plane.sh prints it'
  value_fits digest "$CA_HASH" || refuse "--ca-hash: '$CA_HASH' is not $(value_wants digest)"
  node_is_installed
  if is_control_plane; then refuse 'this host is a control plane: it can not be a worker of another cluster'; fi
}

# The token, from the file or stdin, into TOKEN, a variable of this shell alone.
read_token() {
  TOKEN=
  if [ "$DRY_RUN" = true ]; then return; fi
  if [ -n "$TOKEN_FILE" ]; then
    [ -r "$TOKEN_FILE" ] || refuse "there is no file $TOKEN_FILE (--token-file)"
    IFS= read -r TOKEN <"$TOKEN_FILE" || true
  else
    if [ -t 0 ]; then refuse 'no token: pipe it in, kubeadm token create --ttl 1h | …, or name a file by --token-file'; fi
    IFS= read -r TOKEN || true
  fi
  TOKEN=$(trim "$TOKEN")
  [[ $TOKEN =~ ^[a-z0-9]{6}\.[a-z0-9]{16}$ ]] || refuse 'what was given is not a bootstrap token (6 characters, a dot, 16 characters): make one with kubeadm token create'
}

# /run is in memory. The folder goes whatever happens, and with it kubeadm's own copy of the token, which a failed join may leave.
forget_token() { rm -rf "$WORK" "$(kubernetes_file bootstrap-kubelet.conf)"; }

join() {
  if [ "$DRY_RUN" = true ]; then
    info 'would join with this configuration:'
    join_configuration '(the token)' "$ENDPOINT" "$CA_HASH" | sed 's/^/  /' >&2
    return
  fi
  mkdir -p "$HOST_ROOT/run"
  WORK=$(mktemp -d "$HOST_ROOT/run/clic-join.XXXXXX")
  trap forget_token EXIT
  trap 'exit 1' HUP INT TERM
  (
    umask 077
    join_configuration "$TOKEN" "$ENDPOINT" "$CA_HASH" >"$WORK/join.yaml"
  )
  unset TOKEN
  kubeadm_run join --config "$WORK/join.yaml"
}

main() {
  read_options "$@"
  values_load "$ENV_FILE"
  host_check
  check
  if is_member; then
    info 'this host is a worker already and stays as it is'
    return
  fi
  read_token
  join
  info "joined $ENDPOINT: on the control plane, kubectl get nodes shows this host as Ready once the network plugin runs on it"
}

main "$@"
