# shellcheck shell=bash
# The shared folder as a volume, with the claim pvc-nfs in the component's namespace: what the namespace of the environment and that of stages share.
# shellcheck disable=SC2034  # read by both

VOLUME_NEEDS=(NFS_SERVER NFS_PATH NFS_SIZE)

# volume_patches VOLUME: for an overlay: where it lies, its size, and the namespace of its claim.
volume_patches() {
  cat <<YAML
  - target: {kind: PersistentVolume, name: $1}
    patch: |-
      - {op: replace, path: /spec/nfs/server, value: "$(value NFS_SERVER)"}
      - {op: replace, path: /spec/nfs/path, value: "$(value NFS_PATH)"}
      - {op: replace, path: /spec/capacity/storage, value: "$(value NFS_SIZE)"}
      - {op: replace, path: /spec/claimRef/namespace, value: $(namespace)}
  - target: {kind: PersistentVolumeClaim, name: pvc-nfs}
    patch: |-
      - {op: replace, path: /spec/resources/requests/storage, value: "$(value NFS_SIZE)"}
YAML
}

# volume_prepare VOLUME: refuses a share that the cluster has under the same name already: where a volume lies can't be changed once it is made, nor the
# size of its claim.
volume_prepare() {
  local has wants
  has=$(kube get persistentvolume "$1" --ignore-not-found --output 'jsonpath={.spec.nfs.server}:{.spec.nfs.path}')
  wants=$(value NFS_SERVER):$(value NFS_PATH)
  [ -z "$has" ] || [ "$has" = "$wants" ] ||
    fail "$1 is $has, and the values say $wants, but a volume can't move: see Upgrade in deploy/nfs/README.md"
  check_size
  release_volume "$1"
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
  phase=$(kube get persistentvolume "$1" --ignore-not-found --output 'jsonpath={.status.phase}')
  [ "$phase" = Released ] || return 0
  info "$1 was released by a claim that is gone: it can be claimed again"
  kube_change patch persistentvolume "$1" --type json --patch '[{"op":"remove","path":"/spec/claimRef/uid"}]' >&2
}

# volume_bound VOLUME: waits until the claim has it.
volume_bound() {
  kube_wait wait --for 'jsonpath={.status.phase}=Bound' persistentvolumeclaim/pvc-nfs --timeout "$(value READY_TIMEOUT)" >&2 ||
    fail "pvc-nfs is not bound after $(value READY_TIMEOUT): see kubectl -n $(namespace) describe pvc pvc-nfs, and kubectl describe pv $1"
}
