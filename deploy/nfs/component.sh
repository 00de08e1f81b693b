# shellcheck shell=bash
# The shared folder: pv-nfs and pvc-nfs. The server and the nodes are set up by nfs-server.sh and nfs-client.sh.
# The COMPONENT_… variables are read by deploy.sh.
# shellcheck disable=SC2034
COMPONENT_KIND=kustomize

# shellcheck source=deploy/nfs/volume.sh
. "$DEPLOY_DIR/nfs/volume.sh"

COMPONENT_NEEDS=("${VOLUME_NEEDS[@]}")

# Users that the pods of CLIC run as: clic (clic-master, clic-shell, stages) and spark.
NFS_TEST_USERS=(10001 185)
# How long each may take, with the pull of the image.
NFS_TEST_SECONDS=180

component_overlay() {
  echo patches:
  volume_patches pv-nfs
}

component_prepare() { volume_prepare pv-nfs; }

component_ready() { volume_bound pv-nfs; }

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
