# shellcheck shell=bash
# The cluster: kubectl and helm with the context, the namespace and a time limit. DRY_RUN=true prints what would be changed.

KUBE_REQUEST_TIMEOUT=30s

kube_context_arguments() {
  if [ -n "$(value KUBE_CONTEXT)" ]; then printf '%s\n' --context "$(value KUBE_CONTEXT)"; fi
}

# namespace: that of the component, where it has one of its own.
namespace() { printf '%s' "${COMPONENT_NAMESPACE:-$(value NAMESPACE)}"; }

# kube ARGS…: kubectl in the namespace. Queries only; what changes something goes through kube_change.
kube() {
  local -a context
  mapfile -t context < <(kube_context_arguments)
  kubectl "${context[@]}" --namespace "$(namespace)" "--request-timeout=$KUBE_REQUEST_TIMEOUT" "$@"
}

# kube_wait ARGS…: a kubectl verb that waits by itself and has its own --timeout (rollout status, wait): no limit for the request.
kube_wait() {
  local -a context
  mapfile -t context < <(kube_context_arguments)
  kubectl "${context[@]}" --namespace "$(namespace)" "$@"
}

# kube_change ARGS…: kubectl, or what it would do when nothing may be changed: the cluster is asked, unless the namespace does not exist yet,
# where it would refuse whatever goes into it.
kube_change() {
  if [ "$DRY_RUN" = false ]; then
    kube "$@"
  elif [ "${NAMESPACE_EXISTS:-true}" = true ]; then
    kube "$@" --dry-run=server
  else
    kube "$@" --dry-run=client
  fi
}

# kube_delete ARGS…: kubectl delete of what is there, which waits until it is gone, at most READY_TIMEOUT.
kube_delete() {
  if [ "$DRY_RUN" = true ]; then
    kube delete "$@" --ignore-not-found --dry-run=server
  else
    kube_wait delete "$@" --ignore-not-found --timeout "$(value READY_TIMEOUT)"
  fi
}

# in_pod [-i] POD [-c CONTAINER] -- COMMAND…: runs a command in a pod; never with secrets among the words.
in_pod() { kube_wait exec "$@"; }

# helm_here ARGS…: helm with the context and the namespace.
helm_here() {
  local -a context=()
  if [ -n "$(value KUBE_CONTEXT)" ]; then context=(--kube-context "$(value KUBE_CONTEXT)"); fi
  helm "${context[@]}" --namespace "$(namespace)" "$@"
}

# exists KIND NAME: whether the cluster has it. Fails when the cluster can't be asked.
exists() {
  local found
  found=$(kube get "$1" "$2" --ignore-not-found --output name) || fail "the cluster could not be asked for $1/$2"
  [ -n "$found" ]
}

# random_secret: 32 random bytes as 64 hexadecimal digits, on stdout.
random_secret() { od -An -v -tx1 -N32 /dev/urandom | tr -d ' \n'; }

# ensure_secret NAME KEY COMPONENT: makes a Secret with one random value unless it is there; an existing one is never touched.
# The value goes through a pipe: it is in no argument and in no file.
ensure_secret() {
  local name=$1 key=$2 component=$3 text
  if exists secret "$name"; then
    info "secret/$name is there and stays"
    return
  fi
  text=$(random_secret)
  [ "${#text}" -eq 64 ] || fail "no random text could be read from /dev/urandom for secret/$name"
  # printf is a part of bash: the text is in no argument of a process and in no file.
  printf '%s\n' 'apiVersion: v1' 'kind: Secret' 'metadata:' "  name: $name" "  namespace: $(namespace)" '  labels:' \
    "    app.kubernetes.io/name: $component" '    app.kubernetes.io/part-of: clic' '    app.kubernetes.io/managed-by: clic-deploy' \
    '    clic.io/keep: data' 'type: Opaque' 'stringData:' "  $key: $text" |
    kube_change create --filename -
}

# Refuses when the context is unknown or the cluster does not answer: asked before anything is changed. Sets CONTEXT.
cluster_preflight() {
  local contexts said
  need_tool kubectl 'install the kubectl of your cluster'"'"'s version (https://kubernetes.io/docs/tasks/tools)'
  CONTEXT=$(value KUBE_CONTEXT)
  if [ -n "$CONTEXT" ]; then
    contexts=$(kubectl config get-contexts --output name) || refuse 'the kubeconfig could not be read: see kubectl config view'
    grep -Fxq -- "$CONTEXT" <<<"$contexts" ||
      refuse "the kubeconfig has no context $CONTEXT (KUBE_CONTEXT in $ENV_FILE): see kubectl config get-contexts"
  else
    CONTEXT=$(kubectl config current-context 2>/dev/null) ||
      refuse "kubectl has no current context: set KUBE_CONTEXT in $ENV_FILE, or KUBECONFIG"
  fi
  said=$(kube version --output json 2>&1 >/dev/null) ||
    refuse "the cluster of context $CONTEXT does not answer: $(tail -n 1 <<<"$said")"
  info "context $CONTEXT, namespace $(value NAMESPACE)"
}
