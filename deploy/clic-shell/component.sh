# shellcheck shell=bash
# shellcheck disable=SC2034  # read by lib/component.sh
# clic-shell: the resident pod with clic. See README.md.
COMPONENT_KIND=kustomize

# shellcheck source=deploy/clic-master/common.sh
. "$DEPLOY_DIR/clic-master/common.sh"

component_check() {
  check_image clic CLIC_SHELL_IMAGE
  cpu_at_least CLIC_SHELL_CPU_LIMIT 50
}

# A change of the configuration restarts the pod, so that it is tried by the startup probe.
component_overlay() {
  local image config
  image=$(clic_image clic CLIC_SHELL_IMAGE)
  config=$(cat "$COMPONENT_DIR/master-info-config.yaml" "$COMPONENT_DIR/clic-shell-config.yaml" | sha256sum)
  cat <<YAML
patches:
  - target: {kind: Deployment, name: clic-shell}
    patch: |-
      - {op: add, path: /spec/template/metadata/annotations, value: {clic.io/config: ${config:0:32}}}
      - {op: replace, path: /spec/template/spec/containers/0/image, value: "$image"}
      - {op: replace, path: /spec/template/spec/containers/0/resources/limits/cpu, value: "$(value CLIC_SHELL_CPU_LIMIT)"}
      - {op: replace, path: /spec/template/spec/containers/0/resources/limits/memory, value: $(value CLIC_SHELL_MEMORY_LIMIT)}
YAML
  if [ -n "$(value IMAGE_PULL_SECRET)" ]; then
    printf '      - {op: add, path: /spec/template/spec/imagePullSecrets, value: [{name: %s}]}\n' "$(value IMAGE_PULL_SECRET)"
  fi
}

component_ready() { rolled_out deployment/clic-shell; }

component_test() {
  step 'clic -list_task lists the tasks' in_shell clic -list_task
  step 'a small plan is submitted, completes, and its result is read' small_plan
}

# small_plan: a step is a shell of its own: what plan_begin traps ends with it.
small_plan() {
  local task stages result
  plan_begin "$COMPONENT_DIR/config/plan.yaml"
  task=$(in_shell clic -submit deploy-test "$PLAN_FOLDER/plan.yaml" --wait --timeout "$PLAN_TIMEOUT" --output name)
  stages=$(in_shell clic stages "$task" --output name)
  result=$(in_shell clic -stage_result "$(tail -n 1 <<<"$stages")" 10)
  [ "$result" = "$PLAN_RESULT" ] || fail "task $task gave '$result', not $PLAN_RESULT"
}
