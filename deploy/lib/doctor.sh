# shellcheck shell=bash
# deploy.sh doctor: what is wrong with tools, cluster, storage, NFS and images, and what to do. Only asks. A line on stdout for each thing:
# ok, WARN (may be right) or BAD (will not work); status 1 when something is BAD.

# The Kubernetes versions that the manifests are checked against.
KUBE_OLDEST=29 KUBE_NEWEST=37
DOCTOR_BAD=0

ok() { printf 'ok    %s\n' "$1"; }
# doubt WHAT, WHAT-TO-DO
doubt() { printf 'WARN  %s: %s\n' "$1" "$2"; }
bad() {
  printf 'BAD   %s: %s\n' "$1" "$2"
  DOCTOR_BAD=$((DOCTOR_BAD + 1))
}

# Each part is called in no condition, and asks what may fail in one.
doctor() {
  choose
  doctor_tools
  doctor_values
  doctor_nfs
  doctor_cluster
  if [ "$DOCTOR_CLUSTER" = true ]; then
    doctor_permissions
    doctor_storage
    doctor_state
  fi
  doctor_images
  if [ "$DOCTOR_BAD" -gt 0 ]; then
    printf 'error: %s BAD: see above\n' "$DOCTOR_BAD" >&2
    exit 1
  fi
}

doctor_tools() {
  local said
  ok "bash $BASH_VERSION"
  if said=$(kubectl version --client 2>/dev/null); then ok "kubectl: ${said%%$'\n'*}"; else bad 'kubectl' 'not here, or broken: install the one of your cluster'\''s version'; fi
  if ! said=$(helm version --short 2>/dev/null); then
    bad 'helm' 'not here, or broken: install Helm 3 (https://helm.sh/docs/intro/install)'
  elif [[ $said != v3.* ]]; then
    doubt "helm $said" 'the charts are tested with Helm 3'
  else
    ok "helm $said"
  fi
}

doctor_values() {
  local component
  for component in "${CHOSEN[@]}"; do
    doctor_ask "$component" check_component
    if [ "$STATUS" -eq 0 ]; then ok "values of $component"; else bad "values of $component" "${SAID#error: }"; fi
  done
}

# doctor_ask NAME FUNCTION: in_component; STATUS and SAID (all that it said) tell how it went. Not in a condition, see in_component.
doctor_ask() {
  set +e
  SAID=$(in_component "$@" 2>&1)
  STATUS=$?
  set -e
}

# shellcheck disable=SC2016  # the words are for the inner bash
doctor_nfs() {
  local server folder said
  if [ -z "${VALUE_TYPE[NFS_SERVER]-}" ]; then return; fi
  server=$(value NFS_SERVER) folder=$(value NFS_PATH)
  if [ -z "$server" ]; then
    bad 'NFS' "NFS_SERVER is not set: set it in $ENV_FILE"
  elif ! command -v showmount >/dev/null 2>&1; then
    doubt "NFS export $server:$folder" 'not checked, since showmount is not here: install nfs-common'
  elif said=$(timeout 15 showmount --no-headers -e "$server" 2>/dev/null); then
    if awk -v folder="$folder" '$1 == folder {found = 1} END {exit !found}' <<<"$said"; then
      ok "NFS export $server:$folder"
    else
      bad "NFS export $server:$folder" "the server exports $(awk '{printf "%s ", $1}' <<<"$said")but not this folder: run nfs/nfs-server.sh there, or set NFS_PATH"
    fi
  elif timeout 5 bash -c 'exec 3<>"/dev/tcp/$1/2049"' - "$server" 2>/dev/null; then
    doubt "NFS export $server:$folder" 'the server answers on port 2049 but does not list its exports (NFSv4 only?): not checked'
  else
    bad "NFS server $server" 'it does not answer: is it on, is the name right, is port 2049 open from here?'
  fi
}

# Sets DOCTOR_CLUSTER: whether the cluster can be asked.
doctor_cluster() {
  local said client server
  DOCTOR_CLUSTER=false
  if ! said=$(cluster_preflight 2>&1); then
    bad cluster "${said#error: }"
    return
  fi
  DOCTOR_CLUSTER=true
  ok "cluster: $said"
  said=$(kube version --output json | tr -d ' \n')
  client=$(minor_in clientVersion "$said") server=$(minor_in serverVersion "$said")
  if [ -z "$client" ] || [ -z "$server" ]; then
    doubt 'versions' 'kubectl did not tell them: see kubectl version'
    return
  fi
  if [ $((client > server ? client - server : server - client)) -le 1 ]; then
    ok "kubectl 1.$client and server 1.$server go together"
  else
    doubt "kubectl 1.$client and server 1.$server" "more than one minor version apart, which is not supported: install kubectl 1.$server"
  fi
  if [ "$server" -lt "$KUBE_OLDEST" ]; then
    bad "Kubernetes 1.$server" "the manifests need 1.$KUBE_OLDEST or later: upgrade the cluster"
  elif [ "$server" -gt "$KUBE_NEWEST" ]; then
    doubt "Kubernetes 1.$server" "newer than what the manifests are checked against (1.$KUBE_NEWEST)"
  else
    ok "Kubernetes 1.$server is one that the manifests are checked against"
  fi
}

# minor_in FIELD JSON: the minor version in one of the two parts of `kubectl version`; some clusters write 35+.
minor_in() { sed -nE "s/.*\"$1\":\{[^}]*\"minor\":\"([0-9]+).*/\1/p" <<<"$2"; }

doctor_permissions() {
  local resource refused=()
  for resource in namespaces persistentvolumes; do
    if ! kube auth can-i create "$resource" >/dev/null 2>&1; then
      doubt "permission to create $resource" 'not granted: an administrator has to do it, or grant it (it belongs to the cluster)'
    fi
  done
  for resource in statefulsets.apps deployments.apps services configmaps secrets serviceaccounts persistentvolumeclaims jobs.batch \
    roles.rbac.authorization.k8s.io rolebindings.rbac.authorization.k8s.io networkpolicies.networking.k8s.io poddisruptionbudgets.policy; do
    kube auth can-i create "$resource" >/dev/null 2>&1 || refused+=("$resource")
  done
  if [ "${#refused[@]}" -eq 0 ]; then
    ok "permission to create what is needed in $(value NAMESPACE)"
  else
    bad "permission to create ${refused[*]} in $(value NAMESPACE)" 'not granted: ask an administrator for a RoleBinding to the ClusterRole admin'
  fi
}

doctor_storage() {
  local name class classes default
  if ! classes=$(kube get storageclasses --output 'jsonpath={range .items[*]}{.metadata.name} {.metadata.annotations.storageclass\.kubernetes\.io/is-default-class}{"\n"}{end}' 2>/dev/null); then
    doubt 'StorageClasses' 'they may not be listed by you: not checked'
    return
  fi
  default=$(awk '$2 == "true" {print $1; exit}' <<<"$classes")
  for name in "${VALUE_NAMES[@]}"; do
    [[ $name == *STORAGE_CLASS* ]] || continue
    class=$(value "$name")
    if [ -z "$class" ] && [ -n "$default" ]; then
      ok "$name is not set: the default StorageClass is $default"
    elif [ -z "$class" ]; then
      bad "$name" "not set, and the cluster has no default StorageClass: set it in $ENV_FILE to one of: $(awk '{printf "%s ", $1}' <<<"$classes")"
    elif awk -v class="$class" '$1 == class {found = 1} END {exit !found}' <<<"$classes"; then
      ok "$name: StorageClass $class"
    else
      bad "$name" "the cluster has no StorageClass $class: there are $(awk '{printf "%s ", $1}' <<<"$classes")"
    fi
  done
}

doctor_state() {
  local said secret line
  if ! exists namespace "$(value NAMESPACE)"; then
    ok "the namespace $(value NAMESPACE) does not exist yet"
    return
  fi
  said=$(kube get namespace "$(value NAMESPACE)" --output 'jsonpath={.status.phase}')
  if [ "$said" = Active ]; then ok "namespace $(value NAMESPACE)"; else bad "namespace $(value NAMESPACE)" "it is $said: wait until it is gone, or see kubectl describe namespace"; fi
  secret=$(value IMAGE_PULL_SECRET)
  if [ -z "$secret" ]; then
    :
  elif exists secret "$secret"; then
    ok "IMAGE_PULL_SECRET: secret/$secret"
  else
    bad 'IMAGE_PULL_SECRET' "there is no secret/$secret: make it with kubectl -n $(value NAMESPACE) create secret docker-registry"
  fi
  said=$(helm_here list --pending --short 2>/dev/null) || said=
  if [ -n "$said" ]; then bad "release ${said//$'\n'/ }" 'a helm was killed while it worked, or is working: see helm history'; fi
  doctor_pods
}

# The containers that wait for something, and why; claims that are bound to nothing.
doctor_pods() {
  local line name reason
  while read -r name reason; do
    case $reason in
    '') ;;
    *ErrImagePull* | *ImagePullBackOff* | *InvalidImageName*) bad "pod $name" "its image can't be pulled by the node: see kubectl -n $(value NAMESPACE) describe pod $name" ;;
    *) doubt "pod $name" "waits ($reason): see kubectl -n $(value NAMESPACE) describe pod $name" ;;
    esac
  done < <(kube get pods --output 'jsonpath={range .items[*]}{.metadata.name} {.status.containerStatuses[*].state.waiting.reason}{"\n"}{end}')
  while read -r name line; do
    if [ "$line" = Pending ]; then doubt "claim $name" "no volume is bound to it yet: see kubectl -n $(value NAMESPACE) describe pvc $name"; fi
  done < <(kube get persistentvolumeclaims --output 'jsonpath={range .items[*]}{.metadata.name} {.status.phase}{"\n"}{end}')
}

# Asks the registries for the manifest of each image, from this machine: the nodes may see another network, and have other logins.
doctor_images() {
  local component image said images=''
  for component in "${CHOSEN[@]}"; do
    # What can't be rendered has been told with its values.
    doctor_ask "$component" component_render
    [ "$STATUS" -eq 0 ] || continue
    images+=$(sed -nE 's/^[- ]*image:[[:space:]]*"?([^"[:space:]]+)"?[[:space:]]*$/\1/p' <<<"$SAID")$'\n'
  done
  while IFS= read -r image; do
    [ -n "$image" ] || continue
    if command -v docker >/dev/null 2>&1; then
      if said=$(timeout 30 docker manifest inspect "$image" 2>&1 >/dev/null); then ok "image $image"; else doctor_image_bad "$image" "$said"; fi
    elif command -v skopeo >/dev/null 2>&1; then
      if said=$(timeout 30 skopeo inspect --no-tags "docker://$image" 2>&1 >/dev/null); then ok "image $image"; else doctor_image_bad "$image" "$said"; fi
    else
      doubt "image $image" 'not checked, since neither docker nor skopeo is here'
    fi
  done < <(sort -u <<<"$images")
}

# What the registry itself refuses is BAD; that it can't be reached from here says little about the nodes.
doctor_image_bad() {
  local said
  said=$(tail -n 1 <<<"$2")
  case $said in
  *unauthorized* | *denied* | *'no such manifest'* | *'manifest unknown'* | *'not found'*) bad "image $1" "$said: push it, or log in to the registry" ;;
  *) doubt "image $1" "its registry could not be asked from this machine ($said): the nodes may be able to" ;;
  esac
}
