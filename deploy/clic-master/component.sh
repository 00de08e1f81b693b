# shellcheck shell=bash
# shellcheck disable=SC2034  # read by lib/component.sh
# clic-master, the one of this repository or the Java one. See README.md.
COMPONENT_KIND=kustomize
COMPONENT_DATA=app.kubernetes.io/part-of=clic,app.kubernetes.io/name=clic-master

# shellcheck source=deploy/clic-master/common.sh
. "$DEPLOY_DIR/clic-master/common.sh"

SETTINGS=(CLIC_MASTER_MAX_RUNNING CLIC_MASTER_MAX_RETRIES CLIC_MASTER_RETENTION_DAYS CLIC_MASTER_LOG_LEVEL)

is_jar() { [ "$(value CLIC_MASTER_FLAVOR)" = jar ]; }

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
  number=$(value "$1")
  if [ "$number" -lt "$2" ] || [ "$number" -gt "$3" ]; then refuse "$1 is $number: it has to be from $2 to $3"; fi
}

component_overlay() {
  if is_jar; then jar_overlay; else node_overlay; fi
}

# A change of the settings restarts the pod, since they are read once.
node_overlay() {
  local image name config
  image=$(clic_image clic-master CLIC_MASTER_IMAGE)
  config=$({
    cat "$COMPONENT_DIR/clic-master-config.yaml"
    for name in "${SETTINGS[@]}"; do value "$name" && echo; done
  } | sha256sum)
  cat <<YAML
patches:
  - target: {kind: ConfigMap, name: clic-master-config}
    patch: |-
$(for name in "${SETTINGS[@]}"; do printf '      - {op: replace, path: /data/%s, value: "%s"}\n' "$name" "$(value "$name")"; done)
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

# What the other flavor would leave behind; and the Java clic-master starts with the password of Redis only.
component_prepare() {
  if is_jar; then
    kube_change delete configmap clic-master-config --ignore-not-found
  else
    kube_change delete configmap clic-master-jar-config --ignore-not-found
  fi
  if ! is_jar || [ "$DRY_RUN" = true ]; then return; fi
  if ! exists secret "$(value REDIS_SECRET)"; then
    fail "there is no secret/$(value REDIS_SECRET), which CLIC_MASTER_FLAVOR=jar needs: install Redis first (deploy.sh up redis)"
  fi
}

component_ready() { rolled_out deployment/clic-master; }

component_test() {
  step 'clic -list_task in clic-shell is answered by clic-master-svc:7777' master_lists_tasks
}

master_lists_tasks() {
  if ! exists deployment clic-shell; then
    fail 'only clic-shell may call clic-master, and it is not installed: deploy.sh up clic-shell'
  fi
  in_pod deployment/clic-shell --container clic-shell -- clic -list_task --master-host clic-master-svc --master-port 7777
}
