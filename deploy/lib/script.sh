# shellcheck shell=bash
# For the small scripts beside deploy.sh: `script_begin "$@"` reads --env, --dry-run, --yes and -h (which prints `usage`), loads the values,
# and leaves the other words in WORDS. The script sets DEPLOY_DIR first and defines usage.

for part in log confirm values kube; do
  # shellcheck source=/dev/null
  . "$DEPLOY_DIR/lib/$part.sh"
done

# shellcheck disable=SC2034  # read by the scripts
script_begin() {
  DRY_RUN=false YES=false WORDS=()
  ENV_FILE=${CLIC_ENV:-$DEPLOY_DIR/clic.env}
  while [ $# -gt 0 ]; do
    case $1 in
    --env)
      [ $# -ge 2 ] || refuse '--env wants a file'
      ENV_FILE=$2
      shift
      ;;
    --env=*) ENV_FILE=${1#--env=} ;;
    --dry-run) DRY_RUN=true ;;
    --yes | -y) YES=true ;;
    -h | --help)
      usage
      exit 0
      ;;
    -*) refuse "unknown option $1: see ${0##*/} --help" ;;
    *) WORDS+=("$1") ;;
    esac
    shift
  done
  values_load "$ENV_FILE"
}
