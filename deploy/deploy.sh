#!/usr/bin/env bash
# Brings up, tests, shows and takes down a CLIC environment on Kubernetes. See deploy.sh --help and docs/operations.md.
set -euo pipefail

DEPLOY_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
for part in log options confirm values kube component run verbs doctor; do
  # shellcheck source=/dev/null
  . "$DEPLOY_DIR/lib/$part.sh"
done
# A command substitution stops at its first failure too.
shopt -s inherit_errexit

usage() {
  cat <<'TEXT'
deploy.sh VERB [component…] [options]

  up [component…]        install or upgrade, in order; a second run changes nothing
  test [component…]      the test of each: pass or fail, status 3 when one fails
  status [component…]    what the cluster has
  diff [component…]      what `up` would change; status 1 when something differs
  down [component…]      remove, in reverse order; data stays unless --delete-data is given
  render DIR [component…]
                         all manifests as files, for review or GitOps (needs no cluster)
  doctor                 tools, versions, cluster, storage, NFS, images: what is wrong, and what to do
  example                the environment file with every value and its default

Components: namespace nfs redis hdfs spark stages clic-master clic-shell (default: all)

  --env FILE             the environment file (default: $CLIC_ENV, then clic.env beside this script)
  --dry-run              say what would happen, change nothing
  --delete-data          down: remove volumes and secrets too; there is no way back
  --yes                  down: don't ask
  -h, --help             this text

Exit status: 0 done; 1 failed, or diff found a difference; 2 usage, values, tools or context (nothing was changed); 3 a test failed.
TEXT
}

# read_options WORDS…: sets VERB, WORDS (what follows it) and the options.
# shellcheck disable=SC2034  # they are read in lib/
read_options() {
  DELETE_DATA=false WORDS=()
  while [ $# -gt 0 ]; do
    OPTION_WORDS=1
    case $1 in
    --delete-data) DELETE_DATA=true ;;
    --yes | -y) YES=true ;;
    help) common_option --help ;;
    -*)
      common_option "$@"
      [ "$OPTION_WORDS" -gt 0 ] || refuse "unknown option $1: see deploy.sh --help"
      ;;
    *) WORDS+=("$1") ;;
    esac
    shift "$OPTION_WORDS"
  done
  [ "${#WORDS[@]}" -gt 0 ] || refuse 'say what to do, for example deploy.sh up: see deploy.sh --help'
  VERB=${WORDS[0]}
  WORDS=("${WORDS[@]:1}")
  [ "$DELETE_DATA" = false ] || [ "$VERB" = down ] || refuse "--delete-data belongs to down, not to $VERB"
}

main() {
  read_options "$@"
  trap 'interrupted INT' INT
  trap 'interrupted TERM' TERM
  case $VERB in
  example)
    [ "${#WORDS[@]}" -eq 0 ] || refuse 'example takes no component'
    values_declare
    values_example
    ;;
  render)
    [ "${#WORDS[@]}" -ge 1 ] || refuse 'render wants a folder: deploy.sh render DIR'
    values_load "$ENV_FILE"
    verb_render "${WORDS[@]}"
    ;;
  doctor)
    [ "${#WORDS[@]}" -eq 0 ] || refuse 'doctor takes no component'
    values_load "$ENV_FILE"
    doctor
    ;;
  up | test | status | diff | down)
    values_load "$ENV_FILE"
    choose "${WORDS[@]}"
    "verb_$VERB"
    ;;
  *) refuse "no verb is called $VERB: see deploy.sh --help" ;;
  esac
}

main "$@"
