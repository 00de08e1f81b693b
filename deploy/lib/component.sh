# shellcheck shell=bash
# shellcheck disable=SC2034  # the settings are read by deploy.sh and by each other
# What a component is. deploy/<folder>/component.sh sets COMPONENT_KIND and defines what differs from the defaults below; it is loaded into
# a shell of its own, so that no component sees another's names.
#
#   COMPONENT_KIND       kustomize or helm
#   COMPONENT_NEEDS      names of values that must be set before anything is changed
#   COMPONENT_NAMESPACE  its namespace, where that is not NAMESPACE
#   component_left_out   prints why the values leave it out; nothing: they don't
#   component_check      refuses what can't work together (optional)
#   component_overlay    kustomize: prints the fields of a kustomization.yaml that come from the values (patches, images…)
#   COMPONENT_RELEASE    helm: the release's name;  component_helm_values: prints its values as YAML
#   component_secret     prints name and key of each Secret that is made with a random value unless it is there, one a line; nothing: none
#   component_prepare    what else has to be there first (changes only what is missing)
#   component_ready      waits until it works, at most READY_TIMEOUT
#   component_test       the test that the guide has for it: a `step` for each thing that is tried
#   COMPONENT_DATA       label selector of the volume claims that hold its data (for down --delete-data)

COMPONENT_KIND=kustomize
COMPONENT_NEEDS=()
COMPONENT_RELEASE=
COMPONENT_DATA=
COMPONENT_NAMESPACE=

component_left_out() { :; }
component_check() { :; }
component_overlay() { :; }
component_helm_values() { :; }
component_secret() { :; }
component_prepare() { :; }
component_ready() { :; }
component_test() { info "$COMPONENT has no test of its own"; }

# stage_namespace: the namespace of the Jobs of stages, where that is another one than NAMESPACE; else nothing.
stage_namespace() {
  if [ "${VALUE_OF[CLIC_MASTER_FLAVOR]-}" = jobs ] && [ "$(value CLIC_STAGE_NAMESPACE)" != "$(value NAMESPACE)" ]; then value CLIC_STAGE_NAMESPACE; fi
}

# Objects with this label outlive `down`: volumes, claims, secrets, the namespace.
KEPT='clic.io/keep=data'
NOT_KEPT='clic.io/keep!=data'

# The Kubernetes that charts are rendered for when no cluster is asked; they make the same for all that they support.
RENDER_KUBE_VERSION=1.35.0

# component_render: the manifests for the values, on stdout. Asks no cluster, so that secrets that the cluster keeps are not in it.
component_render() {
  if [ "$COMPONENT_KIND" = helm ]; then chart_render; else kustomize_render; fi
}

# chart_render: the chart's manifests, each with its namespace, which helm itself leaves out.
chart_render() (
  overlay=$(mktemp -d)
  trap 'rm -rf "$overlay"' EXIT
  component_helm_values |
    helm template "$COMPONENT_RELEASE" "$COMPONENT_DIR" --namespace "$(namespace)" --kube-version "$RENDER_KUBE_VERSION" \
      --values - >"$overlay/chart.yaml"
  kustomization chart.yaml >"$overlay/kustomization.yaml"
  kustomize_build "$overlay"
)

# kustomization RESOURCE: the beginning of a kustomization.yaml for it in the namespace.
kustomization() {
  printf 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nnamespace: %s\nresources:\n  - %s\n' "$(namespace)" "$1"
}

# kustomize_render: the component's folder with its overlay on top. The overlay is in a folder of its own, gone afterwards.
kustomize_render() (
  overlay=$(mktemp -d)
  trap 'rm -rf "$overlay"' EXIT
  # The folder is copied, since kustomize takes only paths that lead down or are relative.
  mkdir "$overlay/base"
  cp "$COMPONENT_DIR"/*.yaml "$overlay/base/"
  if [ -d "$COMPONENT_DIR/config" ]; then cp -r "$COMPONENT_DIR/config" "$overlay/base/"; fi
  {
    kustomization base
    component_overlay
  } >"$overlay/kustomization.yaml"
  kustomize_build "$overlay"
)

# kustomize itself, or the one in kubectl.
kustomize_build() {
  if command -v kustomize >/dev/null 2>&1; then kustomize build "$1"; else kubectl kustomize "$1"; fi
}

# delete_patch VERSION KIND NAME: for an overlay: an object that the values leave out.
delete_patch() {
  cat <<YAML
  - target: {kind: $2, name: $3}
    patch: |-
      \$patch: delete
      apiVersion: $1
      kind: $2
      metadata: {name: $3}
YAML
}

# component_make_secret: the component's Secrets, unless they are there.
component_make_secret() {
  local line secrets
  mapfile -t secrets < <(component_secret)
  for line in "${secrets[@]}"; do ensure_secret "${line% *}" "${line#* }" "$COMPONENT"; done
}

# component_tell_secret: what a rendering leaves out, for who applies it without deploy.sh.
component_tell_secret() {
  local name key
  while read -r name key; do
    info "not in it: secret/$name; make it once, with a random value on stdin: kubectl -n $(namespace) create secret generic $name --from-file=$key=/dev/stdin"
  done < <(component_secret)
}

# component_apply: brings the cluster to the rendered state; changes nothing when it is there already.
component_apply() {
  local manifests
  if [ "$COMPONENT_KIND" = helm ]; then
    helm_apply
  else
    manifests=$(component_render)
    kube_change apply --filename - <<<"$manifests"
  fi
}

# helm_apply: installs or upgrades unless the release is deployed with the very manifests that an upgrade would make.
helm_apply() {
  local values current wanted
  values=$(component_helm_values)
  if helm_has --pending; then
    fail "the release $COMPONENT_RELEASE is being changed by another helm, or one was killed: when none is running, see \
helm -n $(namespace) history $COMPONENT_RELEASE, then helm -n $(namespace) rollback $COMPONENT_RELEASE"
  fi
  if helm_has --deployed; then
    current=$(helm_here get manifest "$COMPONENT_RELEASE")
    wanted=$(helm_manifests <<<"$values")
    if [ "$(manifests_normal <<<"$current")" = "$(manifests_normal <<<"$wanted")" ]; then
      info "release $COMPONENT_RELEASE unchanged"
      return
    fi
  fi
  if [ "$DRY_RUN" = true ]; then
    helm_here upgrade --install "$COMPONENT_RELEASE" "$COMPONENT_DIR" --dry-run=server --values - <<<"$values" >/dev/null
    info "release $COMPONENT_RELEASE would be installed or upgraded (see: deploy.sh diff $COMPONENT)"
  else
    helm_here upgrade --install "$COMPONENT_RELEASE" "$COMPONENT_DIR" --values - <<<"$values" >/dev/null
    info "release $COMPONENT_RELEASE installed or upgraded"
  fi
}

# helm_has --deployed|--pending|--all: whether the release is in that state. Fails when helm can't tell.
helm_has() {
  local releases
  releases=$(helm_here list "$1" --short --filter "^$COMPONENT_RELEASE\$") || fail "helm could not list the releases in namespace $(namespace)"
  [ -n "$releases" ]
}

# helm_manifests: what an upgrade with the values on stdin would make, on stdout. The cluster is asked for what the chart looks up, and, by
# --validate, for its version, which helm otherwise guesses.
helm_manifests() {
  helm_here template "$COMPONENT_RELEASE" "$COMPONENT_DIR" --is-upgrade --no-hooks --validate --dry-run=server --values -
}

# The same manifests can come with other blank lines.
manifests_normal() { sed -e '/^[[:space:]]*$/d'; }

# component_wanted: the manifests that `up` would bring the cluster to, on stdout.
component_wanted() {
  if [ "$COMPONENT_KIND" = helm ]; then
    component_helm_values | helm_manifests
  else
    component_render
  fi
}

# component_diff: what `up` would change in the cluster to get to the manifests on stdin, as kubectl diff shows it; status 1 when something
# differs, 2 or more when it could not be told.
component_diff() {
  local status=0
  if [ "$NAMESPACE_EXISTS" = true ] || [ "$COMPONENT" = namespace ]; then
    kube diff --filename -
  else
    # The cluster compares nothing in a namespace that it does not have: all is new.
    kube apply --dry-run=client --filename - || status=2
    return $((status ? status : 1))
  fi
}

# component_status: what the cluster has of it.
component_status() {
  local found
  found=$(kube get 'statefulsets,deployments,jobs,pods,services,persistentvolumeclaims' \
    --selector "app.kubernetes.io/part-of=clic,app.kubernetes.io/name=$COMPONENT_NAME" --ignore-not-found)
  printf '%s\n' "${found:-nothing of $COMPONENT is installed}"
}

# component_down: removes what it made, but never what is KEPT.
component_down() {
  local manifests
  if [ "$COMPONENT_KIND" = kustomize ]; then
    manifests=$(component_render)
    kube_delete --filename - --selector "$NOT_KEPT" <<<"$manifests"
  elif ! helm_has --all; then
    info "release $COMPONENT_RELEASE is not installed"
  elif [ "$DRY_RUN" = true ]; then
    helm_here uninstall "$COMPONENT_RELEASE" --dry-run >&2
  else
    helm_here uninstall "$COMPONENT_RELEASE" --wait --timeout "$(value READY_TIMEOUT)" >&2
  fi
}

# component_delete_data: removes what is KEPT and the volume claims of COMPONENT_DATA. There is no way back.
component_delete_data() {
  local manifests
  if [ "$COMPONENT_KIND" = kustomize ]; then
    manifests=$(component_render)
    kube_delete --filename - --selector "$KEPT" <<<"$manifests"
  fi
  if [ -n "$COMPONENT_DATA" ]; then kube_delete persistentvolumeclaims,secrets --selector "$COMPONENT_DATA"; fi
}

# step TEXT COMMAND…: one step of a test: runs it with errexit, prints pass or FAIL with what it said, and goes on either way, so that all steps are
# reported. STEPS_FAILED counts. Never call it in a condition: that would switch errexit off inside.
STEPS_FAILED=0
step() {
  local text=$1 said status
  shift
  set +e
  said=$(
    set -e
    "$@" 2>&1
  )
  status=$?
  set -e
  if [ "$status" -eq 0 ]; then
    printf 'pass  %s: %s\n' "$COMPONENT" "$text"
    return
  fi
  STEPS_FAILED=$((STEPS_FAILED + 1))
  printf 'FAIL  %s: %s\n' "$COMPONENT" "$text"
  printf '%s\n' "$said" | sed 's/^/      /'
}

# rolled_out KIND/NAME…: waits for each, together at most READY_TIMEOUT each.
rolled_out() {
  local workload
  for workload in "$@"; do
    kube_wait rollout status "$workload" --timeout "$(value READY_TIMEOUT)" >&2 ||
      fail "$workload is not ready after $(value READY_TIMEOUT): see kubectl -n $(namespace) describe $workload"
  done
}
