# shellcheck shell=bash
# The components: which there are, which were chosen, and how their functions are called.

# In the order of installation; each has a folder beside deploy.sh.
COMPONENTS=(namespace nfs redis hdfs spark stages clic-master clic-shell)
folder_of() { if [ "$1" = spark ]; then echo spark-v2; else echo "$1"; fi; }

# choose [NAME…]: sets CHOSEN to the named components, or all that the values don't leave out, in the order of installation.
choose() {
  local word component reason
  CHOSEN=()
  for word in "$@"; do
    [[ " ${COMPONENTS[*]} " == *" $word "* ]] || refuse "no component is called $word: there are ${COMPONENTS[*]}"
    is_here "$word" || refuse "the folder $DEPLOY_DIR/$(folder_of "$word") of $word is missing: get the whole of deploy/"
    reason=$(left_out "$word")
    [ -z "$reason" ] || refuse "there is no $word with these values: $reason"
  done
  for component in "${COMPONENTS[@]}"; do
    if [ $# -gt 0 ] && [[ " $* " != *" $component "* ]]; then continue; fi
    if is_here "$component" && [ -z "$(left_out "$component")" ]; then CHOSEN+=("$component"); fi
  done
}

is_here() { [ -f "$DEPLOY_DIR/$(folder_of "$1")/component.sh" ]; }

# left_out NAME: why the values leave it out; nothing when they don't. What there may be of it is told and removed all the same.
left_out() {
  case $VERB in down | status) ;; *) in_component "$1" component_left_out ;; esac
}

is_chosen() { [[ " ${CHOSEN[*]} " == *" $1 "* ]]; }

# in_component NAME FUNCTION…: loads the component in a shell of its own and calls the functions one after the other, stopping at the
# first that fails. Status: the failed function's; 1 when a step of a test failed. Never call it in a condition (`if`, `||`, `&&`): bash
# would switch errexit off inside. run_component is for who wants to know the status.
in_component() (
  set -euo pipefail
  COMPONENT=$1
  shift
  # shellcheck disable=SC2034  # read by lib/component.sh
  COMPONENT_NAME=$COMPONENT
  COMPONENT_DIR=$DEPLOY_DIR/$(folder_of "$COMPONENT")
  # shellcheck source=/dev/null
  . "$COMPONENT_DIR/component.sh"
  # Where it has a namespace of its own, that is the one which may not exist yet.
  if [ -n "${NAMESPACE_EXISTS-}" ] && [ "$(namespace)" != "$(value NAMESPACE)" ]; then
    NAMESPACE_EXISTS=false
    if exists namespace "$(namespace)"; then NAMESPACE_EXISTS=true; fi
  fi
  for call in "$@"; do "$call"; done
  [ "$STEPS_FAILED" -eq 0 ]
)

# run_component NAME FUNCTION…: in_component, its status in STATUS.
run_component() {
  set +e
  in_component "$@"
  STATUS=$?
  set -e
}

# change_component NAME FUNCTION…: in_component for what may change something: a failure ends the script with status 1, whatever the
# failed program's was.
change_component() {
  info "--- $1"
  run_component "$@"
  [ "$STATUS" -eq 0 ] || fail "$VERB of $1 stopped at what is said above: put it right and run the same command again"
}

# Refuses what can't work, for all chosen components, before the first change.
check_components() {
  local component
  for component in "${CHOSEN[@]}"; do in_component "$component" check_component; done
}

check_component() {
  values_require "${COMPONENT_NEEDS[@]}"
  if [ "$COMPONENT_KIND" = helm ]; then
    need_tool helm 'install Helm 3 (https://helm.sh/docs/intro/install)'
  fi
  if ! command -v kustomize >/dev/null 2>&1; then need_tool kubectl 'install kubectl or kustomize'; fi
  component_check
}

# On Ctrl-C or TERM, when the program that was running has ended.
interrupted() {
  trap - "$1"
  warn "$VERB was interrupted: what was done stays, and the same command goes on from there"
  kill -s "$1" $$
}
