# shellcheck shell=bash
# shellcheck disable=SC2034  # read by lib/component.sh
# The namespace of stages, for clic-master that runs them as Jobs. See README.md.
COMPONENT_KIND=kustomize
COMPONENT_NAMESPACE=$(value CLIC_STAGE_NAMESPACE)

# shellcheck source=deploy/nfs/volume.sh
. "$DEPLOY_DIR/nfs/volume.sh"

# Those that clic-master has made.
STAGE_JOBS=app.kubernetes.io/managed-by=clic-master
# They belong to the cluster, and to whoever uses them in it.
PRIORITY_CLASSES=(clic-environment clic-stage)

component_left_out() { [ "$(value CLIC_MASTER_FLAVOR)" = jobs ] || echo "it is for CLIC_MASTER_FLAVOR=jobs"; }

# shares_namespace: stages run beside the environment.
shares_namespace() { [ "$(value CLIC_STAGE_NAMESPACE)" = "$(value NAMESPACE)" ]; }

if ! shares_namespace; then COMPONENT_NEEDS=("${VOLUME_NEEDS[@]}"); fi

component_check() {
  [ "$(value CLIC_STAGE_PODS)" -gt 0 ] || refuse 'CLIC_STAGE_PODS is 0: no stage could run'
}

component_overlay() {
  echo patches:
  if shares_namespace; then
    shared_namespace_patches
  else
    own_namespace_patches
  fi
  common_patches
}

own_namespace_patches() {
  local profile where
  profile=$(value CLIC_STAGE_POD_SECURITY) where=$(value CLIC_STAGE_NAMESPACE)
  cat <<YAML
  - target: {kind: Namespace}
    patch: |-
      - {op: replace, path: /metadata/name, value: $where}
      - {op: replace, path: /metadata/labels/pod-security.kubernetes.io~1enforce, value: $profile}
  - target: {kind: ResourceQuota, name: stages}
    patch: |-
      - {op: replace, path: /spec/hard/requests.cpu, value: "$(value CLIC_STAGE_CPU)"}
      - {op: replace, path: /spec/hard/requests.memory, value: $(value CLIC_STAGE_MEMORY)}
      - {op: replace, path: /spec/hard/pods, value: "$(value CLIC_STAGE_PODS)"}
  - target: {kind: LimitRange, name: stages}
    patch: |-
      - {op: replace, path: /spec/limits/0/defaultRequest/cpu, value: "$(value CLIC_STAGE_DEFAULT_CPU)"}
      - {op: replace, path: /spec/limits/0/defaultRequest/memory, value: $(value CLIC_STAGE_DEFAULT_MEMORY)}
      - {op: replace, path: /spec/limits/0/default/memory, value: $(value CLIC_STAGE_DEFAULT_MEMORY_LIMIT)}
YAML
  volume_patches pv-nfs-stages
}

# Beside the environment, stages are told by the label that clic-master gives them; the shared folder is there, and quota and limits would be those of
# everything.
shared_namespace_patches() {
  delete_patch v1 Namespace argo-stages
  delete_patch v1 ResourceQuota stages
  delete_patch v1 LimitRange stages
  delete_patch v1 PersistentVolume pv-nfs-stages
  delete_patch v1 PersistentVolumeClaim pvc-nfs
  cat <<YAML
  - target: {kind: NetworkPolicy, name: stages}
    patch: |-
      - {op: replace, path: /spec/podSelector, value: {matchExpressions: [{key: clic.fdu/stage, operator: Exists}]}}
YAML
  value_is_true CLIC_STAGE_ADMISSION_POLICY || return 0
  cat <<YAML
  - target: {kind: ValidatingAdmissionPolicy, name: clic-stages}
    patch: |-
      - op: add
        path: /spec/matchConditions
        value: [{name: is-a-stage, expression: "has(object.metadata.labels) && 'clic.fdu/stage' in object.metadata.labels"}]
YAML
}

common_patches() {
  cat <<YAML
  - target: {kind: RoleBinding, name: clic-master-stages}
    patch: |-
      - {op: replace, path: /subjects/0/namespace, value: $(value NAMESPACE)}
  - target: {kind: NetworkPolicy, name: stages}
    patch: |-
      - {op: replace, path: /spec/ingress/0/from/0/namespaceSelector, value: $(environment_selector)}
      - {op: replace, path: /spec/egress/0/to/0/namespaceSelector, value: $(environment_selector)}
      - {op: replace, path: /spec/egress/1/to/0/namespaceSelector, value: $(environment_selector)}
      - {op: replace, path: /spec/egress/2/to/0/namespaceSelector, value: $(environment_selector)}
$(networks_patch)
YAML
  if value_is_true CLIC_STAGE_ADMISSION_POLICY; then
    admission_patches
  else
    delete_patch admissionregistration.k8s.io/v1 ValidatingAdmissionPolicy clic-stages
    delete_patch admissionregistration.k8s.io/v1 ValidatingAdmissionPolicyBinding clic-stages
  fi
}

# They belong to the cluster, which may have several environments: each has its own.
admission_patches() {
  local name where
  where=$(value CLIC_STAGE_NAMESPACE) name=clic-stages-$(value CLIC_STAGE_NAMESPACE)
  cat <<YAML
  - target: {kind: ValidatingAdmissionPolicy, name: clic-stages}
    patch: |-
      - {op: replace, path: /metadata/name, value: $name}
      - {op: replace, path: /spec/variables/0/expression, value: "['$(value REDIS_SECRET)', '$(value REDIS_CLIC_MASTER_SECRET)']"}
  - target: {kind: ValidatingAdmissionPolicyBinding, name: clic-stages}
    patch: |-
      - {op: replace, path: /metadata/name, value: $name}
      - {op: replace, path: /spec/policyName, value: $name}
      - {op: replace, path: /spec/matchResources/namespaceSelector/matchLabels/kubernetes.io~1metadata.name, value: $where}
YAML
}

environment_selector() { printf '{matchLabels: {kubernetes.io/metadata.name: %s}}' "$(value NAMESPACE)"; }

networks_patch() {
  local network networks
  IFS=, read -ra networks <<<"$(value CLIC_STAGE_NETWORKS)"
  for network in "${networks[@]}"; do
    printf '      - {op: add, path: /spec/egress/-, value: {to: [{ipBlock: {cidr: "%s"}}]}}\n' "$network"
  done
}

component_prepare() { shares_namespace || volume_prepare pv-nfs-stages; }

component_ready() { shares_namespace || volume_bound pv-nfs-stages; }

component_test() {
  step "clic-master may make Jobs in $(namespace), and read no secret there" master_may_make_jobs
}

master_may_make_jobs() {
  local account
  account=system:serviceaccount:$(value NAMESPACE):clic-master
  [ "$(kube auth can-i create jobs.batch --as "$account")" = yes ] || fail "$account may not create jobs.batch"
  if kube auth can-i get secrets --as "$account" >/dev/null; then fail "$account may read secrets"; fi
}

# Jobs go first, so that none runs on without a policy. The classes of priority stay where somebody else uses them.
component_down() {
  local manifests
  kube_delete jobs --selector "$STAGE_JOBS"
  manifests=$(component_render)
  kube_delete --filename - --selector "$NOT_KEPT,clic.io/keep!=shared" <<<"$manifests"
  delete_priority_classes
}

delete_priority_classes() {
  local users
  users=$(kube get pods --all-namespaces --output 'jsonpath={range .items[*]}{.metadata.namespace}/{.metadata.name} {.spec.priorityClassName}{"\n"}{end}' |
    awk -v classes="${PRIORITY_CLASSES[*]}" 'BEGIN {split(classes, list, " "); for (at in list) wanted[list[at]]} $2 in wanted {print $1; exit}')
  if [ -n "$users" ]; then
    info "the classes of priority ${PRIORITY_CLASSES[*]} stay: pod $users uses one"
  else
    kube_delete priorityclasses "${PRIORITY_CLASSES[@]}"
  fi
}
