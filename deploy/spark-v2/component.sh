# shellcheck shell=bash
# shellcheck disable=SC2034  # read by lib/component.sh
# Standalone Spark: the chart in this folder, as release spark. See README.md.
COMPONENT_KIND=helm
COMPONENT_RELEASE=spark
COMPONENT_DATA=app.kubernetes.io/part-of=clic,app.kubernetes.io/name=spark

SPARK_URL=spark://spark-master-svc:7077

component_check() {
  local name
  for name in SPARK_WORKER_MEMORY SPARK_SCRATCH_SIZE SPARK_RECOVERY_SIZE; do
    [[ $(value "$name") =~ ^([1-9][0-9]*(Mi|Gi))?$ ]] || refuse "$name is $(value "$name"): write it in Mi or Gi"
  done
  for name in SPARK_WORKERS SPARK_WORKER_CORES; do
    [ "$(value "$name")" -ge 1 ] || refuse "$name is $(value "$name"): Spark wants one at least"
  done
  if [ "$(value SPARK_WORKERS_MAX)" -gt 0 ] && [ "$(value SPARK_WORKERS_MAX)" -lt "$(value SPARK_WORKERS)" ]; then
    refuse "SPARK_WORKERS_MAX ($(value SPARK_WORKERS_MAX)) is less than SPARK_WORKERS ($(value SPARK_WORKERS))"
  fi
  if [ "$(value SPARK_WEB_PORT)" -lt 1024 ] || [ "$(value SPARK_WEB_PORT)" -eq 7077 ]; then
    refuse "SPARK_WEB_PORT is $(value SPARK_WEB_PORT): take one from 1024 on that is not 7077"
  fi
}

# image_yaml IMAGE: name[:tag][@digest] as the chart's fields.
image_yaml() {
  local name=$1 tag='' digest=''
  if [[ $name == *@* ]]; then digest=${name#*@} name=${name%%@*}; fi
  if [[ ${name##*/} == *:* ]]; then tag=${name##*:} name=${name%:*}; fi
  [ -n "$tag$digest" ] || tag=latest
  printf '{repository: "%s", tag: "%s", digest: "%s", pullSecrets: [%s]}' "$name" "$tag" "$digest" \
    "$(if [ -n "$(value IMAGE_PULL_SECRET)" ]; then printf '{name: "%s"}' "$(value IMAGE_PULL_SECRET)"; fi)"
}

# The workers' number, or its bounds.
workers_yaml() {
  if [ "$(value SPARK_WORKERS_MAX)" -eq 0 ]; then
    printf 'replicaCount: %s' "$(value SPARK_WORKERS)"
  else
    printf 'autoscaling: {enabled: true, minReplicas: %s, maxReplicas: %s}' "$(value SPARK_WORKERS)" "$(value SPARK_WORKERS_MAX)"
  fi
}

# Where the master remembers what runs, when it has a size.
recovery_yaml() {
  if [ -z "$(value SPARK_RECOVERY_SIZE)" ]; then
    printf '{enabled: false}'
  else
    printf '{enabled: true, size: "%s", storageClass: "%s"}' "$(value SPARK_RECOVERY_SIZE)" "$(value SPARK_STORAGE_CLASS)"
  fi
}

# The shared volume, when a claim is named.
shared_yaml() {
  if [ -z "$(value SPARK_DATA_CLAIM)" ]; then
    printf '{enabled: false}'
  else
    printf '{enabled: true, claimName: "%s"}' "$(value SPARK_DATA_CLAIM)"
  fi
}

# Drivers are in the namespace of stages, too.
stages_yaml() {
  local name
  name=$(stage_namespace)
  [ -z "$name" ] || printf '{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: %s}}}' "$name"
}

component_helm_values() {
  cat <<YAML
image: $(image_yaml "$(value SPARK_IMAGE)")
auth: {existingSecret: "$(value SPARK_SECRET)"}
master:
  webPort: $(value SPARK_WEB_PORT)
  persistence: $(recovery_yaml)
worker:
  $(workers_yaml)
  cores: $(value SPARK_WORKER_CORES)
  memory: "$(value SPARK_WORKER_MEMORY)"
  scratchSize: "$(value SPARK_SCRATCH_SIZE)"
nfs: $(shared_yaml)
networkPolicy: {extraFrom: [$(stages_yaml)]}
YAML
}

# The chart would make it too, but then a rendering would have a secret in it.
component_secret() { echo "$(value SPARK_SECRET) secret"; }

component_ready() { rolled_out deployment/spark-master deployment/spark-worker; }

component_test() {
  step "a job is computed on $SPARK_URL" spark_computes_pi
  step 'a job with another secret is refused' spark_refuses_another_secret
}

# spark_in_master COMMAND…: in the master's pod, whose configuration knows the secret.
spark_in_master() { in_pod deployment/spark-master --container master -- "$@"; }

# The chart's own example (files/pi.sh), which ends by itself; its answer has to be near Pi.
spark_computes_pi() {
  local said
  said=$(spark_in_master sh /etc/spark/pi.sh "$SPARK_URL" 2>&1) || {
    printf '%s\n' "$said" | tail -n 30
    return 1
  }
  grep -E '^Pi is roughly 3\.[01]' <<<"$said" || {
    printf 'no "Pi is roughly 3.1…" in what the job said:\n%s\n' "$(tail -n 30 <<<"$said")"
    return 1
  }
}

# In cluster mode spark-submit asks the master at once and gives up at the first refusal. What it would run is never looked at.
spark_refuses_another_secret() {
  local said status=0
  said=$(spark_in_master sh /etc/spark/pi.sh "$SPARK_URL" --deploy-mode cluster --conf spark.authenticate.secret=not-the-secret \
    --class no.such.Class file:///no-such.jar 2>&1) || status=$?
  if [ "$status" -ne 0 ] && [[ $said == *spark.rpc* ]] && [[ $said != *'Driver successfully submitted'* ]]; then return; fi
  printf 'wanted a refusal by the master, got status %s:\n%s\n' "$status" "$(tail -n 30 <<<"$said")"
  return 1
}
