# shellcheck shell=bash
# The options that all scripts have: --env, --dry-run, -h. A script defines `usage`, which -h prints, and takes its own options itself.

# shellcheck disable=SC2034  # read by the scripts, values.sh, kube.sh and confirm.sh
DRY_RUN=false YES=false ENV_FILE=${CLIC_ENV:-$DEPLOY_DIR/clic.env}

# common_option WORDS…: takes one of the options that all scripts have. OPTION_WORDS is how many words it was, 0 when it was none of them.
# shellcheck disable=SC2034
common_option() {
  OPTION_WORDS=1
  case $1 in
  --env)
    [ $# -ge 2 ] || refuse '--env wants a file'
    ENV_FILE=$2
    OPTION_WORDS=2
    ;;
  --env=*) ENV_FILE=${1#--env=} ;;
  --dry-run) DRY_RUN=true ;;
  -h | --help)
    usage
    exit 0
    ;;
  *) OPTION_WORDS=0 ;;
  esac
}

# only_common_options WORDS…: for scripts that have no other options.
only_common_options() {
  while [ $# -gt 0 ]; do
    common_option "$@"
    [ "$OPTION_WORDS" -gt 0 ] || refuse "unknown option $1: see ${0##*/} --help"
    shift "$OPTION_WORDS"
  done
}
