# shellcheck shell=bash
# What the values and the flavor change in the manifests of clic-master.

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

# What comes first goes on with the list of resources. A change of the settings or of the pods' template restarts the pods. No driver of Spark is in
# them, so where the policy lets executors in, Prometheus comes instead.
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
$(if monitored; then echo '  - base/config/monitoring/prometheus.yaml'; fi)
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
$(delete_patch v1 PersistentVolumeClaim clic-master-data)
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
      - op: replace
        path: /spec/ingress/1
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
$(delete_patch v1 PersistentVolumeClaim clic-master-data)
$(delete_patch v1 ConfigMap clic-master-config)
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
