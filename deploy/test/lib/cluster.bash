# shellcheck shell=bash
# Tests on the real cluster of ../cluster, in a namespace of each file's own. Needs lib/tools.

CLUSTER_DIR=$(cd "${BASH_SOURCE[0]%/*}/../cluster" && pwd)

# cluster_begin: for setup_file. Starts what does not run, and makes the namespace $NAMESPACE, which is named after the file.
cluster_begin() {
  local lines
  lines=$("$CLUSTER_DIR/up" 2>"$BATS_FILE_TMPDIR/up.log") || {
    cat "$BATS_FILE_TMPDIR/up.log"
    return 1
  }
  # KUBECONFIG and PATH.
  eval "$lines"
  NAMESPACE=clic-test-$(basename "$BATS_TEST_FILENAME" .bats)
  export NAMESPACE
  # One that was interrupted may have left it.
  cluster_end
  kubectl create namespace "$NAMESPACE" >/dev/null
  # Without it, pods are refused.
  cluster_within 30 k get serviceaccount default
}

# cluster_end: for teardown_file. Removes the namespace and waits until all of it is gone.
cluster_end() {
  kubectl delete namespace "$NAMESPACE" --ignore-not-found --wait=false >/dev/null
  # Nothing of a test needs time to end.
  k delete pods --all --now --ignore-not-found >/dev/null
  kubectl wait --for=delete "namespace/$NAMESPACE" --timeout=90s >/dev/null
}

# k WORDS…: kubectl in the namespace.
k() { kubectl --namespace "$NAMESPACE" "$@"; }

# cluster_within SECONDS COMMAND…: tries until it succeeds; when time is over, says what the pods wait for, and fails.
cluster_within() {
  if until_true "$@"; then return; fi
  cluster_describe
  return 1
}

# cluster_describe: the pods with the reasons for their states, what has happened lately, and the ends of the logs of pods that are not ready.
cluster_describe() {
  local pod status='.status.containerStatuses[*]'
  k get pods --output "custom-columns=POD:.metadata.name,PHASE:.status.phase,READY:$status.ready,WAITS:$status.state.waiting.reason,ENDED:$status.state.terminated.reason,WHY:$status.state.waiting.message" || true
  k get events --sort-by=.metadata.creationTimestamp --output custom-columns=WHAT:.involvedObject.name,REASON:.reason,MESSAGE:.message | tail -n 30 || true
  for pod in $(k get pods --output 'jsonpath={.items[?(@.status.containerStatuses[0].ready==false)].metadata.name}'); do
    k logs "$pod" --all-containers --prefix --tail 10 || true
  done
}

# job_ends JOB SECONDS: waits until the Job is over and prints Complete or Failed.
job_ends() {
  cluster_within "$2" job_is_over "$1" >&2 || return 1
  k get job "$1" --output "jsonpath=$(job_end)"
}
job_is_over() { k get job "$1" --output "jsonpath=$(job_end)" | grep .; }
job_end() { printf '%s' '{.status.conditions[?(@.type=="Complete")].type}{.status.conditions[?(@.type=="Failed")].type}'; }

# job NAME IMAGE COMMAND…: a Job that is not tried again.
job() {
  local name=$1 image=$2
  shift 2
  k create job "$name" --image "$image" --dry-run=client --output json -- "$@" | node -e '
    const job = JSON.parse(require("fs").readFileSync(0, "utf8"));
    job.spec.backoffLimit = 0;
    job.spec.template.spec.containers[0].imagePullPolicy = "IfNotPresent";
    process.stdout.write(JSON.stringify(job));
  ' | k create --filename - >/dev/null
}

# evict POD: as a drain of its node would.
evict() {
  kubectl create --raw "/api/v1/namespaces/$NAMESPACE/pods/$1/eviction" --filename - <<JSON
{"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": "$1", "namespace": "$NAMESPACE"}}
JSON
}
