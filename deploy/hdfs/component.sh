# shellcheck shell=bash
# shellcheck disable=SC2034  # read by lib/component.sh
# HDFS: the chart in this folder, as release hdfs. See README.md.
COMPONENT_KIND=helm
COMPONENT_RELEASE=hdfs
COMPONENT_DATA=app.kubernetes.io/part-of=clic,app.kubernetes.io/name=hdfs

# shellcheck source=/dev/null
. "$COMPONENT_DIR/httpfs.sh"

# The chart would make it too, but then a rendering would have a secret in it.
HDFS_SIGNATURE_SECRET=hdfs-httpfs-signature

component_check() {
  local name
  for name in HDFS_DATANODES HDFS_HTTPFS_REPLICAS; do
    [ "$(value "$name")" -ge 1 ] || refuse "$name is $(value "$name"): HDFS wants one at least"
  done
}

component_helm_values() {
  cat <<YAML
image: {repository: "$(value HDFS_IMAGE)", tag: "$(value HDFS_TAG)"}
imagePullSecrets: [$(if [ -n "$(value IMAGE_PULL_SECRET)" ]; then printf '{name: "%s"}' "$(value IMAGE_PULL_SECRET)"; fi)]
persistence: {storageClass: "$(value HDFS_STORAGE_CLASS)"}
namenode:
  rollingUpgrade: $(value HDFS_ROLLING_UPGRADE)
  persistence: {size: "$(value HDFS_NAMENODE_SIZE)"}
  resources: $(memory_of HDFS_NAMENODE_MEMORY)
datanode:
  replicas: $(value HDFS_DATANODES)
  antiAffinity: $(if value_is_true HDFS_SPREAD_REQUIRED; then echo required; else echo preferred; fi)
  persistence: {size: "$(value HDFS_DATANODE_SIZE)"}
  resources: $(memory_of HDFS_DATANODE_MEMORY)
httpfs:
  replicas: $(value HDFS_HTTPFS_REPLICAS)
  signatureSecret: $HDFS_SIGNATURE_SECRET
  resources: $(memory_of HDFS_HTTPFS_MEMORY)
ingress:
  httpfs:
    enabled: $(value HDFS_INGRESS)
    host: "$(value HDFS_INGRESS_HOST)"
    className: "$(value HDFS_INGRESS_CLASS)"
networkPolicy: {stageNamespace: "$(stage_namespace)", ingressControllerNamespace: "$(value HDFS_INGRESS_NAMESPACE)", httpfsNetworks: [$(value HDFS_HTTPFS_NETWORKS)]}
YAML
}

# memory_of NAME: requests and limits of that memory, as YAML in one line. What is not set keeps the chart's default.
memory_of() { printf '{requests: {memory: "%s"}, limits: {memory: "%s"}}' "$(value "$1")" "$(value "$1")"; }

component_secret() { echo "$HDFS_SIGNATURE_SECRET signature.secret"; }

component_ready() { rolled_out statefulset/hdfs-namenode statefulset/hdfs-datanode deployment/hdfs-httpfs; }

component_test() {
  need_tool curl 'install curl'
  FORWARD_LOG=$(mktemp)
  FORWARD_PID=
  trap forward_end EXIT
  forward_begin
  httpfs_test "http://127.0.0.1:$FORWARD_PORT"
}

# How long a port-forward may take until it listens.
FORWARD_SECONDS=30

# forward_begin: leads a free local port to HttpFS; sets FORWARD_PORT. forward_end ends it.
forward_begin() {
  local deadline=$((SECONDS + FORWARD_SECONDS))
  local -a context
  mapfile -t context < <(kube_context_arguments)
  kubectl "${context[@]}" --namespace "$(value NAMESPACE)" port-forward --address 127.0.0.1 service/hdfs-httpfs :14000 >"$FORWARD_LOG" 2>&1 &
  FORWARD_PID=$!
  until FORWARD_PORT=$(sed -nE 's/^Forwarding from 127\.0\.0\.1:([0-9]+) .*/\1/p' "$FORWARD_LOG") && [ -n "$FORWARD_PORT" ]; do
    if [ "$SECONDS" -ge "$deadline" ] || ! kill -0 "$FORWARD_PID" 2>/dev/null; then
      printf 'FAIL  %s: HttpFS is reached with kubectl port-forward\n' "$COMPONENT"
      sed 's/^/      /' "$FORWARD_LOG"
      fail "no way to service/hdfs-httpfs in ${FORWARD_SECONDS}s: see kubectl -n $(value NAMESPACE) get pods"
    fi
    sleep 0.1
  done
}

forward_end() {
  if [ -n "$FORWARD_PID" ]; then
    kill "$FORWARD_PID" 2>/dev/null || true
    wait "$FORWARD_PID" 2>/dev/null || true
  fi
  rm -f "$FORWARD_LOG"
}
