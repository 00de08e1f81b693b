# shellcheck shell=bash
# shellcheck disable=SC2034  # read by lib/component.sh
# clic-master, the one of this repository or the Java one. See README.md.
COMPONENT_KIND=kustomize
COMPONENT_DATA=app.kubernetes.io/part-of=clic,app.kubernetes.io/name=clic-master

# shellcheck source=deploy/clic-master/common.sh
. "$DEPLOY_DIR/clic-master/common.sh"
# shellcheck source=deploy/clic-master/overlays.sh
. "$DEPLOY_DIR/clic-master/overlays.sh"
# shellcheck source=deploy/clic-master/test.sh
. "$DEPLOY_DIR/clic-master/test.sh"

SETTINGS=(CLIC_MASTER_MAX_RUNNING CLIC_MASTER_MAX_RETRIES CLIC_MASTER_RETENTION_DAYS CLIC_MASTER_LOG_LEVEL)
MONITORING_KINDS=(podmonitors prometheusrules)

is_jar() { [ "$(value CLIC_MASTER_FLAVOR)" = jar ]; }
is_jobs() { [ "$(value CLIC_MASTER_FLAVOR)" = jobs ]; }

# monitored: there is a PodMonitor and a PrometheusRule.
monitored() { is_jobs && value_is_true CLIC_MASTER_MONITORING; }

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
  monitored || unmonitor
  if [ "$DRY_RUN" = true ]; then return; fi
  case $(value CLIC_MASTER_FLAVOR) in
  jar) needs_secret "$(value REDIS_SECRET)" ;;
  jobs)
    needs_secret "$(value REDIS_CLIC_MASTER_SECRET)"
    exists priorityclass clic-environment ||
      fail 'there is no priorityclass/clic-environment, which CLIC_MASTER_FLAVOR=jobs needs: install the namespace of stages first (deploy.sh up stages)'
    if monitored; then needs_operator; fi
    ;;
  esac
}

# A cluster without the operator does not know these kinds.
unmonitor() {
  local kind
  for kind in "${MONITORING_KINDS[@]}"; do
    if exists customresourcedefinition "$kind.monitoring.coreos.com"; then kube_change delete "$kind" clic-master --ignore-not-found; fi
  done
}

needs_operator() {
  local kind
  for kind in "${MONITORING_KINDS[@]}"; do
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
  for condition in "observedGeneration=${generation:-1}" updatedReplicas=2 replicas=2 readyReplicas=1; do
    kube_wait wait --for "jsonpath={.status.${condition%=*}}=${condition#*=}" deployment/clic-master --timeout "$(value READY_TIMEOUT)" >&2 ||
      fail "deployment/clic-master has no master after $(value READY_TIMEOUT) ($condition is not so): see kubectl -n $(value NAMESPACE) describe deployment clic-master, and the logs of its pods"
  done
}
