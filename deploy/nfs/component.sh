# shellcheck shell=bash
# The shared folder: pv-nfs and pvc-nfs. The server and the nodes are set up by nfs-server.sh and nfs-client.sh.
# The COMPONENT_… variables are read by deploy.sh.
# shellcheck disable=SC2034
COMPONENT_KIND=kustomize
COMPONENT_NEEDS=(NFS_SERVER NFS_PATH NFS_SIZE)

# Users that the pods of CLIC run as: clic (clic-master, clic-shell, stages) and spark.
NFS_TEST_USERS=(10001 185)
# How long each may take, with the pull of the image.
NFS_TEST_SECONDS=180

component_overlay() {
  cat <<YAML
patches:
  - target: {kind: PersistentVolume, name: pv-nfs}
    patch: |-
      - {op: replace, path: /spec/nfs/server, value: "$(value NFS_SERVER)"}
      - {op: replace, path: /spec/nfs/path, value: "$(value NFS_PATH)"}
      - {op: replace, path: /spec/capacity/storage, value: "$(value NFS_SIZE)"}
      - {op: replace, path: /spec/claimRef/namespace, value: $(value NAMESPACE)}
  - target: {kind: PersistentVolumeClaim, name: pvc-nfs}
    patch: |-
      - {op: replace, path: /spec/resources/requests/storage, value: "$(value NFS_SIZE)"}
YAML
}

# Refuses a share that the cluster has under the same name already: where a volume lies can't be changed once it is made, nor the size of its claim.
component_prepare() {
  local has wants
  has=$(kube get persistentvolume pv-nfs --ignore-not-found --output 'jsonpath={.spec.nfs.server}:{.spec.nfs.path}')
  wants=$(value NFS_SERVER):$(value NFS_PATH)
  [ -z "$has" ] || [ "$has" = "$wants" ] ||
    fail "pv-nfs is $has, and the values say $wants, but a volume can't move: see Upgrade in deploy/nfs/README.md"
  check_size
  release_volume
}

# The cluster resizes only claims of a StorageClass that allows it, and this one has none.
check_size() {
  local has wants
  has=$(kube get persistentvolumeclaim pvc-nfs --ignore-not-found --output 'jsonpath={.spec.resources.requests.storage}')
  wants=$(value NFS_SIZE)
  [ -z "$has" ] || [ "$(in_bytes "$has")" = "$(in_bytes "$wants")" ] ||
    fail "pvc-nfs is $has, and NFS_SIZE says $wants, but the claim can't be resized: set NFS_SIZE=$has in $ENV_FILE (NFS does not enforce it), or see Upgrade in deploy/nfs/README.md"
}

# in_bytes QUANTITY: the number, since the cluster writes quantities its own way (1024Mi as 1Gi).
in_bytes() {
  awk -v quantity="$1" 'BEGIN {
    factor["m"] = 1e-3; factor["k"] = 1e3; factor["M"] = 1e6; factor["G"] = 1e9; factor["T"] = 1e12; factor["P"] = 1e15
    factor["Ki"] = 2^10; factor["Mi"] = 2^20; factor["Gi"] = 2^30; factor["Ti"] = 2^40; factor["Pi"] = 2^50; factor[""] = 1
    unit = quantity; sub(/^[0-9.]+/, "", unit)
    printf "%.0f\n", quantity * factor[unit]
  }'
}

# A volume whose claim was deleted still remembers it and takes no other: lets it be claimed again. Its files stay.
release_volume() {
  local phase
  phase=$(kube get persistentvolume pv-nfs --ignore-not-found --output 'jsonpath={.status.phase}')
  [ "$phase" = Released ] || return 0
  info 'pv-nfs was released by a claim that is gone: it can be claimed again'
  kube_change patch persistentvolume pv-nfs --type json --patch '[{"op":"remove","path":"/spec/claimRef/uid"}]' >&2
}

component_ready() {
  kube_wait wait --for 'jsonpath={.status.phase}=Bound' persistentvolumeclaim/pvc-nfs --timeout "$(value READY_TIMEOUT)" >&2 ||
    fail "pvc-nfs is not bound after $(value READY_TIMEOUT): see kubectl -n $(value NAMESPACE) describe pvc pvc-nfs, and kubectl describe pv pv-nfs"
}

component_test() {
  local user file=.clic-test-$$
  step 'pvc-nfs is bound to pv-nfs' claim_is_bound
  for user in "${NFS_TEST_USERS[@]}"; do
    step "a pod that runs as user $user writes and reads, also what another wrote" pod_can_write "$user" "$file"
  done
}

claim_is_bound() {
  local found
  found=$(kube get persistentvolumeclaim pvc-nfs --output 'jsonpath={.status.phase} {.spec.volumeName}')
  [ "$found" = 'Bound pv-nfs' ] || fail "pvc-nfs is '$found', not 'Bound pv-nfs'"
}

# pod_can_write UID FILE: a pod appends to the file and reads it back; the last one removes it. The pod is gone afterwards.
pod_can_write() (
  SECONDS=0 user=$1 pod=nfs-test-$1 last=${NFS_TEST_USERS[-1]}
  trap 'kube delete pod "$pod" --ignore-not-found --wait=false >/dev/null' EXIT
  kube_wait delete pod "$pod" --ignore-not-found --wait --timeout 60s >/dev/null
  test_pod "$user" "$2" "$([ "$user" = "$last" ] && echo remove || echo keep)" | kube create --filename - >/dev/null
  until phase=$(kube get pod "$pod" --output 'jsonpath={.status.phase}') && [[ $phase == @(Succeeded|Failed) ]]; do
    if [ "$SECONDS" -gt "$NFS_TEST_SECONDS" ]; then
      kube describe pod "$pod" >&2
      fail "pod $pod is still '$phase' after $NFS_TEST_SECONDS s: is nfs-common on every node (nfs-client.sh), and $(value NFS_TEST_IMAGE) pullable?"
    fi
    sleep 1
  done
  if [ "$phase" != Succeeded ]; then
    kube logs "$pod" >&2
    fail "user $user could not write and read: is the folder exported with all_squash (nfs-server.sh)?"
  fi
)

test_pod() {
  local script="set -e; cd /data; echo $1 >>$2; grep -qx $1 $2"
  # shellcheck disable=SC2016  # for the pod
  if [ "$3" = remove ]; then script+="; [ \"\$(grep -c . $2)\" -ge ${#NFS_TEST_USERS[@]} ]; rm $2"; fi
  cat <<YAML
apiVersion: v1
kind: Pod
metadata:
  name: nfs-test-$1
  labels: {app.kubernetes.io/name: nfs, app.kubernetes.io/component: test, app.kubernetes.io/part-of: clic, app.kubernetes.io/managed-by: clic-deploy}
spec:
$(if [ -n "$(value IMAGE_PULL_SECRET)" ]; then echo "  imagePullSecrets: [{name: $(value IMAGE_PULL_SECRET)}]"; fi)
  restartPolicy: Never
  automountServiceAccountToken: false
  enableServiceLinks: false
  securityContext: {runAsUser: $1, runAsGroup: $1, runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}
  containers:
    - name: test
      image: $(value NFS_TEST_IMAGE)
      command: [sh, -c, '$script']
      resources: {requests: {cpu: 10m, memory: 16Mi}, limits: {cpu: 100m, memory: 64Mi}}
      securityContext: {allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: {drop: [ALL]}}
      volumeMounts: [{name: data, mountPath: /data}]
  volumes:
    - name: data
      persistentVolumeClaim: {claimName: pvc-nfs}
YAML
}
