# shellcheck shell=bash
# For the small scripts beside deploy.sh: `script_begin "$@"` reads the common options and --yes, loads the values, and leaves the other words in
# WORDS. The script sets DEPLOY_DIR first and defines usage.

for part in log options confirm values kube; do
  # shellcheck source=/dev/null
  . "$DEPLOY_DIR/lib/$part.sh"
done

# shellcheck disable=SC2034  # read by the scripts
script_begin() {
  WORDS=()
  while [ $# -gt 0 ]; do
    OPTION_WORDS=1
    case $1 in
    --yes | -y) YES=true ;;
    -*)
      common_option "$@"
      [ "$OPTION_WORDS" -gt 0 ] || refuse "unknown option $1: see ${0##*/} --help"
      ;;
    *) WORDS+=("$1") ;;
    esac
    shift "$OPTION_WORDS"
  done
  values_load "$ENV_FILE"
}
