# shellcheck shell=bash
# shellcheck disable=SC2034  # read by lib/component.sh
# clic-master, the one of this repository or the Java one. See README.md.
COMPONENT_KIND=kustomize
COMPONENT_DATA=app.kubernetes.io/part-of=clic,app.kubernetes.io/name=clic-master

# shellcheck source=deploy/clic-master/common.sh
. "$DEPLOY_DIR/clic-master/common.sh"

SETTINGS=(CLIC_MASTER_MAX_RUNNING CLIC_MASTER_MAX_RETRIES CLIC_MASTER_RETENTION_DAYS CLIC_MASTER_LOG_LEVEL)

is_jar() { [ "$(value CLIC_MASTER_FLAVOR)" = jar ]; }
is_jobs() { [ "$(value CLIC_MASTER_FLAVOR)" = jobs ]; }

# setting NAME: the value, or where it is empty what fits the flavor.
setting() {
  local text
  text=$(value "$1")
  if [ -z "$text" ]; then
    if is_jobs; then text=100; else text=4; fi
  fi
  printf '%s' "$text"
}

component_check() {
  cpu_at_least CLIC_MASTER_CPU_LIMIT 250
  if is_jar; then
    [ -n "$(value CLIC_MASTER_JAR_IMAGE)" ] ||
      refuse "CLIC_MASTER_FLAVOR is jar, and CLIC_MASTER_JAR_IMAGE is not set: make the image (deploy/images/release.sh), then set it in $ENV_FILE"
    return
  fi
  # The working directories on the shared folder have to be clic-master's own: it refuses what others can write to.
  if [ "$(value NFS_UID):$(value NFS_GID)" != 10001:10001 ]; then
    refuse "clic-master runs as 10001:10001, which must own what is on the shared folder: NFS_UID and NFS_GID have to be 10001, not $(value NFS_UID) and $(value NFS_GID)"
  fi
  check_image clic-master CLIC_MASTER_IMAGE
  in_range CLIC_MASTER_MAX_RUNNING 1 10000
  in_range CLIC_MASTER_MAX_RETRIES 0 1000
  in_range CLIC_MASTER_RETENTION_DAYS 1 36500
}

# in_range NAME MIN MAX: what clic-master takes.
in_range() {
  local number
  number=$(setting "$1")
  if [ "$number" -lt "$2" ] || [ "$number" -gt "$3" ]; then refuse "$1 is $number: it has to be from $2 to $3"; fi
}

component_overlay() {
  case $(value CLIC_MASTER_FLAVOR) in
  jar) jar_overlay ;;
  jobs) jobs_overlay ;;
  *) node_overlay ;;
  esac
}

# A change of the settings restarts the pod, since they are read once.
node_overlay() {
  local image name config
  image=$(clic_image clic-master CLIC_MASTER_IMAGE)
  config=$({
    cat "$COMPONENT_DIR/clic-master-config.yaml"
    for name in "${SETTINGS[@]}"; do setting "$name" && echo; done
  } | sha256sum)
  cat <<YAML
patches:
$(settings_patch)
  - target: {kind: PersistentVolumeClaim, name: clic-master-data}
    patch: |-
      - {op: replace, path: /spec/resources/requests/storage, value: $(value CLIC_MASTER_STORAGE_SIZE)}
$(if [ -n "$(value CLIC_MASTER_STORAGE_CLASS)" ]; then printf '      - {op: add, path: /spec/storageClassName, value: %s}\n' "$(value CLIC_MASTER_STORAGE_CLASS)"; fi)
  - target: {kind: Deployment, name: clic-master}
    patch: |-
      - {op: replace, path: /spec/template/spec/initContainers/0/image, value: "$image"}
$(deployment_patch "$image" "$config")
YAML
}

settings_patch() {
  local name
  printf '  - target: {kind: ConfigMap, name: clic-master-config}\n    patch: |-\n'
  for name in "${SETTINGS[@]}"; do printf '      - {op: replace, path: /data/%s, value: "%s"}\n' "$name" "$(setting "$name")"; done
}

# What comes first goes on with the list of resources. A change of the settings or of the pods' template restarts the pods.
jobs_overlay() {
  local image config name
  image=$(clic_image clic-master CLIC_MASTER_IMAGE)
  config=$({
    cat "$COMPONENT_DIR/clic-master-config.yaml"
    pod_template
    for name in "${SETTINGS[@]}" CLIC_STAGE_NAMESPACE CLIC_STAGE_START_DEADLINE; do setting "$name" && echo; done
  } | sha256sum)
  cat <<YAML
  - base/config/jobs/more.yaml
$(if value_is_true CLIC_MASTER_MONITORING; then echo '  - base/config/monitoring/prometheus.yaml'; fi)
patches:
$(settings_patch)
      - {op: add, path: /data/CLIC_MASTER_STAGE_NAMESPACE, value: $(value CLIC_STAGE_NAMESPACE)}
      - {op: add, path: /data/CLIC_MASTER_START_DEADLINE, value: $(value CLIC_STAGE_START_DEADLINE)}
  - target: {kind: ConfigMap, name: clic-master-stages}
    patch: |-
      - op: replace
        path: /data/pod-template.yaml
        value: |
$(pod_template | sed 's/^\(.\)/          \1/')
  - target: {kind: PersistentVolumeClaim, name: clic-master-data}
    patch: |-
      \$patch: delete
      apiVersion: v1
      kind: PersistentVolumeClaim
      metadata: {name: clic-master-data}
  - target: {kind: Role, name: clic-master}
    patch: |-
      - op: replace
        path: /rules
        value:
          - {apiGroups: [coordination.k8s.io], resources: [leases], verbs: [create]}
          - {apiGroups: [coordination.k8s.io], resources: [leases], resourceNames: [clic-master], verbs: [get, update]}
  - target: {kind: NetworkPolicy, name: clic-master}
    patch: |-
      - op: add
        path: /spec/ingress/0/from/-
        value: {namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: $(value CLIC_STAGE_NAMESPACE)}}, podSelector: {matchExpressions: [{key: clic.fdu/stage, operator: Exists}]}}
      - op: add
        path: /spec/ingress/-
        value: {from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: $(value CLIC_MASTER_MONITORING_NAMESPACE)}}}], ports: [{port: http, protocol: TCP}]}
  - target: {kind: Deployment, name: clic-master}
    path: base/config/jobs.yaml
  - target: {kind: Deployment, name: clic-master}
    patch: |-
      - {op: replace, path: /spec/template/spec/initContainers/0/image, value: "$image"}
      - {op: replace, path: /spec/template/spec/volumes/3/secret/secretName, value: $(value REDIS_CLIC_MASTER_SECRET)}
$(deployment_patch "$image" "$config")
      - {op: add, path: /spec/template/metadata/annotations/prometheus.io~1scrape, value: "true"}
      - {op: add, path: /spec/template/metadata/annotations/prometheus.io~1port, value: "9777"}
YAML
}

# The template of the pods of stages, for --pod-template.
pod_template() {
  local secret changes=(-e "s/ENVIRONMENT\\]/$(value NAMESPACE).svc.$(value CLUSTER_DOMAIN)]/")
  secret=$(value IMAGE_PULL_SECRET)
  if [ -n "$secret" ]; then changes+=(-e "s/^    serviceAccountName:.*/&\\n    imagePullSecrets: [{name: $secret}]/"); fi
  if [ "$(value CLIC_STAGE_POD_SECURITY)" = baseline ]; then changes+=(-e '/ # restricted$/d'); fi
  sed "${changes[@]}" -e 's/ # restricted$//' "$COMPONENT_DIR/config/jobs/pod-template.yaml"
}

# The Java clic-master keeps nothing on a volume of its own, and has its own settings: the files in config/jar.
jar_overlay() {
  local file config
  config=$(cat "$COMPONENT_DIR"/config/jar/* | sha256sum)
  cat <<YAML
configMapGenerator:
  - name: clic-master-jar-config
    options:
      disableNameSuffixHash: true
      labels: {app.kubernetes.io/name: clic-master, app.kubernetes.io/part-of: clic, app.kubernetes.io/managed-by: clic-deploy}
    files:
$(for file in "$COMPONENT_DIR"/config/jar/*; do printf '      - "base/config/jar/%s"\n' "${file##*/}"; done)
patches:
  - target: {kind: PersistentVolumeClaim, name: clic-master-data}
    patch: |-
      \$patch: delete
      apiVersion: v1
      kind: PersistentVolumeClaim
      metadata: {name: clic-master-data}
  - target: {kind: ConfigMap, name: clic-master-config}
    patch: |-
      \$patch: delete
      apiVersion: v1
      kind: ConfigMap
      metadata: {name: clic-master-config}
  - target: {kind: Deployment, name: clic-master}
    path: base/config/jar.yaml
  - target: {kind: Deployment, name: clic-master}
    patch: |-
      - {op: replace, path: /spec/template/spec/containers/0/env/4/valueFrom/secretKeyRef/name, value: $(value REDIS_SECRET)}
      - {op: replace, path: /spec/template/spec/volumes/1/secret/secretName, value: $(value REDIS_SECRET)}
$(deployment_patch "$(value CLIC_MASTER_JAR_IMAGE)" "$config")
YAML
}

# deployment_patch IMAGE CONFIG: what the values change in both flavors.
deployment_patch() {
  cat <<YAML
      - {op: add, path: /spec/template/metadata/annotations, value: {clic.io/config: ${2:0:32}}}
      - {op: replace, path: /spec/template/spec/containers/0/image, value: "$1"}
      - {op: replace, path: /spec/template/spec/containers/0/resources/limits/cpu, value: "$(value CLIC_MASTER_CPU_LIMIT)"}
      - {op: replace, path: /spec/template/spec/containers/0/resources/limits/memory, value: $(value CLIC_MASTER_MEMORY_LIMIT)}
      - {op: replace, path: /spec/template/spec/containers/0/resources/requests/memory, value: $(value CLIC_MASTER_MEMORY_LIMIT)}
YAML
  if [ -n "$(value IMAGE_PULL_SECRET)" ]; then
    printf '      - {op: add, path: /spec/template/spec/imagePullSecrets, value: [{name: %s}]}\n' "$(value IMAGE_PULL_SECRET)"
  fi
}

# What the other flavors would leave behind; and what has to be there first.
component_prepare() {
  if is_jar; then
    kube_change delete configmap clic-master-config --ignore-not-found
  else
    kube_change delete configmap clic-master-jar-config --ignore-not-found
  fi
  if ! is_jobs; then
    kube_change delete configmap clic-master-stages --ignore-not-found
    kube_change delete poddisruptionbudget clic-master --ignore-not-found
  fi
  if [ "$DRY_RUN" = true ]; then return; fi
  case $(value CLIC_MASTER_FLAVOR) in
  jar) needs_secret "$(value REDIS_SECRET)" ;;
  jobs)
    needs_secret "$(value REDIS_CLIC_MASTER_SECRET)"
    exists priorityclass clic-environment ||
      fail 'there is no priorityclass/clic-environment, which CLIC_MASTER_FLAVOR=jobs needs: install the namespace of stages first (deploy.sh up stages)'
    if value_is_true CLIC_MASTER_MONITORING; then needs_operator; fi
    ;;
  esac
}

needs_operator() {
  local kind
  for kind in podmonitors prometheusrules; do
    exists customresourcedefinition "$kind.monitoring.coreos.com" ||
      fail "CLIC_MASTER_MONITORING is true, and the cluster has no $kind: install the Prometheus operator, or set it to false in $ENV_FILE"
  done
}

needs_secret() {
  exists secret "$1" ||
    fail "there is no secret/$1, which CLIC_MASTER_FLAVOR=$(value CLIC_MASTER_FLAVOR) needs: install Redis first (deploy.sh up redis)"
}

component_ready() { if is_jobs; then one_leads; else rolled_out deployment/clic-master; fi; }

# Of two pods one gets Ready, so kubectl rollout status would wait for ever: all pods are to be new ones, and one Ready.
one_leads() {
  local generation condition
  generation=$(kube get deployment clic-master --output 'jsonpath={.metadata.generation}')
  for condition in "observedGeneration}=${generation:-1}" 'updatedReplicas}=2' 'replicas}=2' 'readyReplicas}=1'; do
    kube_wait wait --for "jsonpath={.status.$condition" deployment/clic-master --timeout "$(value READY_TIMEOUT)" >&2 ||
      fail "deployment/clic-master has no master after $(value READY_TIMEOUT) (${condition/\}/} is not so): see kubectl -n $(value NAMESPACE) describe deployment clic-master, and the logs of its pods"
  done
}

component_test() {
  step 'clic -list_task in clic-shell is answered by clic-master-svc:7777' master_lists_tasks
  if is_jobs; then step 'a forked plan of Jobs completes though its master is killed, and no stage is run twice' plan_outlives_master; fi
}

master_lists_tasks() {
  if ! exists deployment clic-shell; then
    fail 'only clic-shell may call clic-master, and it is not installed: deploy.sh up clic-shell'
  fi
  in_pod deployment/clic-shell --container clic-shell -- clic -list_task --master-host clic-master-svc --master-port 7777
}

# A step is a shell of its own: what plan_begin traps ends with it.
plan_outlives_master() {
  local task stages result leader
  plan_begin "$COMPONENT_DIR/config/jobs/plan.yaml"
  task=$(in_shell clic -submit deploy-test "$PLAN_FOLDER/plan.yaml" --output name)
  within_seconds 180 fork_runs || fail "task $task has not come to its fork: see clic stages $task"
  leader=$(leading_pod)
  [ -n "$leader" ] || fail 'no pod of clic-master is Ready'
  kube_wait delete pod "$leader" --now >/dev/null
  within_seconds 60 in_shell clic -list_task >/dev/null || fail "no other clic-master has taken over from $leader within 60 s"
  in_shell clic wait "$task" --timeout "$PLAN_TIMEOUT" >/dev/null
  stages=$(in_shell clic stages "$task" --output name)
  result=$(in_shell clic -stage_result "$(tail -n 1 <<<"$stages")" 10)
  [ "$result" = "$PLAN_RESULT" ] || fail "task $task gave '$result', not $PLAN_RESULT"
  result=$(in_shell sort "$PLAN_FOLDER/runs")
  [ "$result" = $'high\nlow\nnumbers\nsum' ] || fail "these stages of $task were run: ${result//$'\n'/ }"
}

fork_runs() { [ "$(in_shell cat "$PLAN_FOLDER/runs" 2>/dev/null | grep -cE '^(low|high)$')" -eq 2 ]; }

leading_pod() {
  kube get pods --selector app.kubernetes.io/name=clic-master --output 'jsonpath={range .items[*]}{.metadata.name} {.status.containerStatuses[0].ready}{"\n"}{end}' |
    awk '$2 == "true" {print $1; exit}'
}

# within_seconds SECONDS COMMAND…: tries until it succeeds.
within_seconds() {
  local end=$((SECONDS + $1))
  shift
  until "$@"; do
    [ "$SECONDS" -lt "$end" ] || return 1
    sleep 1
  done
}
