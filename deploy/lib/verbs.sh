# shellcheck shell=bash
# The verbs that work on the chosen components (CHOSEN).

# Refuses when values, tools, context or cluster are not right. Sets NAMESPACE_EXISTS.
preflight() {
  check_components
  cluster_preflight
  NAMESPACE_EXISTS=false
  if exists namespace "$(value NAMESPACE)"; then NAMESPACE_EXISTS=true; fi
}

verb_up() {
  local component steps=(component_make_secret component_prepare component_apply)
  preflight
  if [ "$NAMESPACE_EXISTS" = false ] && ! is_chosen namespace && is_here namespace; then
    info "the namespace $(value NAMESPACE) does not exist yet: it comes first"
    CHOSEN=(namespace "${CHOSEN[@]}")
  fi
  if [ "$DRY_RUN" = false ]; then
    steps+=(component_ready)
  elif [ "$NAMESPACE_EXISTS" = false ]; then
    warn "the namespace $(value NAMESPACE) does not exist yet, so the cluster can't check what would be in it: the manifests are checked by kubectl alone"
  fi
  for component in "${CHOSEN[@]}"; do
    change_component "$component" "${steps[@]}"
    if [ "$component" = namespace ] && [ "$DRY_RUN" = false ]; then NAMESPACE_EXISTS=true; fi
  done
}

verb_status() {
  local component
  preflight
  for component in "${CHOSEN[@]}"; do
    info "--- $component"
    in_component "$component" component_status
  done
}

# Status 1 when something differs.
verb_diff() {
  local component manifests differs=0
  preflight
  for component in "${CHOSEN[@]}"; do
    manifests=$(in_component "$component" component_wanted)
    run_component "$component" component_diff <<<"$manifests"
    case $STATUS in
    0) ;;
    1) differs=1 ;;
    *) fail "what differs in $component could not be told: see above" ;;
    esac
  done
  exit "$differs"
}

# Status 3 when a test failed; all are run.
verb_test() {
  local component failed=()
  preflight
  for component in "${CHOSEN[@]}"; do
    if [ "$DRY_RUN" = true ]; then
      info "would test $component"
      continue
    fi
    run_component "$component" component_test
    [ "$STATUS" -eq 0 ] || failed+=("$component")
  done
  if [ "${#failed[@]}" -gt 0 ]; then
    printf 'error: failed: %s\n' "${failed[*]}" >&2
    exit 3
  fi
}

verb_down() {
  local index what steps=(component_down)
  preflight
  what="down ${CHOSEN[*]} in namespace $(value NAMESPACE) of context $CONTEXT"
  if [ "$DELETE_DATA" = false ]; then
    confirm "$what (data stays)"
  elif is_chosen namespace; then
    confirm "$what, WITH ALL DATA AND WHATEVER ELSE IS IN THE NAMESPACE"
  else
    confirm "$what, WITH THEIR DATA"
  fi
  if [ "$DELETE_DATA" = true ]; then steps+=(component_delete_data); fi
  for ((index = ${#CHOSEN[@]} - 1; index >= 0; index--)); do
    change_component "${CHOSEN[index]}" "${steps[@]}"
  done
}

# verb_render DIR [component…]: a file for each component. Files are replaced when all have been rendered.
verb_render() {
  local component
  choose "${@:2}"
  check_components
  RENDERED=$(mktemp -d)
  trap 'rm -rf "$RENDERED"' EXIT
  for component in "${CHOSEN[@]}"; do
    in_component "$component" component_render >"$RENDERED/$component.yaml"
  done
  [ "$DRY_RUN" = true ] || mkdir -p "$1"
  for component in "${CHOSEN[@]}"; do
    if [ "$DRY_RUN" = true ]; then
      info "would write $1/$component.yaml"
    else
      cp "$RENDERED/$component.yaml" "$1/$component.yaml"
      info "$1/$component.yaml"
      in_component "$component" component_tell_secret
    fi
  done
}
