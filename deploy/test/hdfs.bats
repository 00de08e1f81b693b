# The HDFS chart and component, without a cluster. test/real/hdfs.bats has the real daemons.

load lib/tools
load lib/stubs
load lib/manifests
load lib/hdfs

setup() {
  need helm python3
  python3 -c 'import yaml' || {
    [ -z "${CI:-}" ] || return 1
    skip 'python3-yaml is not installed'
  }
  # The environment file of deploy.sh: defaults.
  export CLIC_ENV=$BATS_TEST_TMPDIR/env
  : >"$CLIC_ENV"
}

# The guide's command, as a rendering.
guide() { render --set ingress.httpfs.enabled=true "$@"; }

@test "the chart and both value sets pass helm's own lint" {
  helm lint --strict --kube-version "${HDFS_KUBERNETES[0]}" "$HDFS_CHART"
  for values in guide all-on; do
    helm lint --strict --kube-version "${HDFS_KUBERNETES[1]}" --values "$HDFS_CHART/ci/$values-values.yaml" "$HDFS_CHART"
  done
}

@test "without its optional parts every object is valid, too" {
  need kubernetes-validate
  for version in "${HDFS_KUBERNETES[@]}"; do
    render --kube-version "$version" --set persistence.enabled=false --set datanode.antiAffinity=none --set networkPolicy.enabled=false
    kubernetes-validate --strict --quiet -k "${version%.0}" "$MANIFESTS"
  done
}

@test "an older Kubernetes is refused" {
  run helm template hdfs "$HDFS_CHART" --kube-version 1.28.9
  [ "$status" -ne 0 ]
  [[ $output == *'>=1.29.0-0'* ]]
}

@test "the security lint has nothing to say" {
  need kube-score
  for values in guide all-on; do
    render --values "$HDFS_CHART/ci/$values-values.yaml"
    kube-score score --exit-one-on-warning --output-format ci --kubernetes-version v1.37 "$MANIFESTS"
  done
}

@test "the guide's command makes an Ingress that leads to HttpFS" {
  guide
  says networking.k8s.io/v1 Ingress hdfs-httpfs 'o["apiVersion"]'
  says '{"path": "/webhdfs/v1", "pathType": "Prefix", "backend": {"service": {"name": "hdfs-httpfs", "port": {"name": "http"}}}}' \
    Ingress hdfs-httpfs 'o["spec"]["rules"][0]["http"]["paths"]'
  says 14000 Service hdfs-httpfs '[p["port"] for p in o["spec"]["ports"] if p["name"] == "http"]'
  says ingress-nginx NetworkPolicy hdfs-httpfs '[f["namespaceSelector"]["matchLabels"]["kubernetes.io/metadata.name"] for f in o["spec"]["ingress"][0]["from"] if "namespaceSelector" in f]'
}

@test "without it there is no Ingress, and other namespaces don't reach HttpFS" {
  render
  run ask Ingress hdfs-httpfs 'o'
  [ "$status" -ne 0 ]
  says '{"podSelector": {}}' NetworkPolicy hdfs-httpfs 'o["spec"]["ingress"][0]["from"]'
}

@test "the names and ports that users know are there" {
  guide
  says 1 StatefulSet hdfs-namenode 'o["spec"]["replicas"]'
  says 3 StatefulSet hdfs-datanode 'o["spec"]["replicas"]'
  says 2 Deployment hdfs-httpfs 'o["spec"]["replicas"]'
  says $'8020\n9870' Service hdfs-namenode '[p["port"] for p in o["spec"]["ports"]]'
  says $'9864\n9866\n9867' Service hdfs-datanode '[p["port"] for p in o["spec"]["ports"]]'
  for workload in 'StatefulSet hdfs-namenode' 'StatefulSet hdfs-datanode' 'Deployment hdfs-httpfs'; do
    # shellcheck disable=SC2086
    says '' $workload '[c["name"] for c in containers.values() if c["image"] != "apache/hadoop:3.4.2"]'
  done
}

@test "data outlives pods: claims that are kept, and a NameNode that is formatted by a script only" {
  guide
  for set in namenode:10Gi datanode:100Gi; do
    name=hdfs-${set%%:*}
    says "${set#*:}" StatefulSet "$name" 'o["spec"]["volumeClaimTemplates"][0]["spec"]["resources"]["requests"]["storage"]'
    says data StatefulSet "$name" 'o["spec"]["volumeClaimTemplates"][0]["metadata"]["labels"]["clic.io/keep"]'
    says '{"whenDeleted": "Retain", "whenScaled": "Retain"}' StatefulSet "$name" 'o["spec"]["persistentVolumeClaimRetentionPolicy"]'
    says '' StatefulSet "$name" '[v["name"] for v in pod["volumes"] if v["name"] == "data"]'
    says /hadoop StatefulSet "$name" '[m["mountPath"] for m in containers[o["metadata"]["name"][5:]]["volumeMounts"] if m["name"] == "data"]'
  done
  says '["bash", "/etc/clic/hadoop/format.sh"]' StatefulSet hdfs-namenode '[containers["format"]["command"]]'
  says file:///hadoop/name ConfigMap hdfs-config '__import__("re").search("dfs.namenode.name.dir</name><value>([^<]*)", o["data"]["hdfs-site.xml"])[1]'
  says /hadoop/name StatefulSet hdfs-namenode '[e["value"] for e in containers["format"]["env"] if e["name"] == "HDFS_NAME_DIR"]'
}

@test "a drain may evict one pod of each kind at a time" {
  guide
  for role in namenode datanode httpfs; do
    says 'policy/v1 1' PodDisruptionBudget "hdfs-$role" '"%s %s" % (o["apiVersion"], o["spec"]["maxUnavailable"])'
    says "$role" PodDisruptionBudget "hdfs-$role" 'o["spec"]["selector"]["matchLabels"]["app.kubernetes.io/component"]'
  done
}

@test "DataNodes spread over the nodes, as the value says, by labels that they have" {
  guide
  says true StatefulSet hdfs-datanode 'pod["affinity"]["podAntiAffinity"]["preferredDuringSchedulingIgnoredDuringExecution"][0]["podAffinityTerm"]["labelSelector"]["matchLabels"].items() <= o["spec"]["template"]["metadata"]["labels"].items()'
  guide --set datanode.antiAffinity=required
  says '"kubernetes.io/hostname"' StatefulSet hdfs-datanode '__import__("json").dumps(pod["affinity"]["podAntiAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"][0]["topologyKey"])'
  guide --set datanode.antiAffinity=none
  says false StatefulSet hdfs-datanode '"affinity" in pod'
}

@test "blocks have as many copies as there are DataNodes, at most three" {
  for pair in 1:1 2:2 3:3 7:3; do
    render --set "datanode.replicas=${pair%:*}"
    says "${pair#*:}" ConfigMap hdfs-config '__import__("re").search("dfs.replication</name><value>([^<]*)", o["data"]["hdfs-site.xml"])[1]'
  done
}

@test "the heap of every daemon follows its memory limit, and stays below it" {
  mkdir "$BATS_TEST_TMPDIR/bin"
  # shellcheck disable=SC2016
  printf '#!/bin/sh\necho "$HADOOP_HEAPSIZE_MAX $*"\n' >"$BATS_TEST_TMPDIR/bin/hdfs"
  chmod +x "$BATS_TEST_TMPDIR/bin/hdfs"
  for values in guide all-on; do
    render --values "$HDFS_CHART/ci/$values-values.yaml"
    for workload in 'StatefulSet hdfs-namenode' 'StatefulSet hdfs-datanode' 'Deployment hdfs-httpfs'; do
      # shellcheck disable=SC2086
      says limits.memory $workload '[*{e["valueFrom"]["resourceFieldRef"]["resource"] for c in pod["containers"] for e in c["env"] if e["name"] == "MEMORY_LIMIT_MIB"}]'
      # shellcheck disable=SC2086
      percent=$(ask $workload '[*{e["value"] for c in pod["containers"] for e in c["env"] if e["name"] == "HEAP_PERCENT"}]')
      run env "PATH=$BATS_TEST_TMPDIR/bin:$PATH" MEMORY_LIMIT_MIB=1024 "HEAP_PERCENT=$percent" "HADOOP_PID_DIR=$BATS_TEST_TMPDIR/pid" \
        bash "$HDFS_CHART/files/start.sh" namenode -x
      [ "$output" = "$((1024 * percent / 100)) namenode -x" ]
    done
  done
  run helm template hdfs "$HDFS_CHART" --kube-version 1.30.0 --set heapPercent=100
  [ "$status" -ne 0 ]
}

@test "a limit without memory, which would leave the heap without a bound, is refused" {
  run helm template hdfs "$HDFS_CHART" --kube-version 1.30.0 --set 'datanode.resources.limits.memory=null'
  [ "$status" -ne 0 ]
  [[ $output == *memory* ]]
}

@test "daemons take the place of their shell, and have time to end" {
  guide
  says 120 StatefulSet hdfs-namenode 'pod["terminationGracePeriodSeconds"]'
  says 60 StatefulSet hdfs-datanode 'pod["terminationGracePeriodSeconds"]'
  says 60 Deployment hdfs-httpfs 'pod["terminationGracePeriodSeconds"]'
  for workload in 'StatefulSet hdfs-namenode' 'StatefulSet hdfs-datanode' 'Deployment hdfs-httpfs'; do
    # shellcheck disable=SC2086
    says 'bash /etc/clic/hadoop/start.sh' $workload '[*{" ".join(c["command"][:2]) for c in pod["containers"]}]'
  done
  [ "$(tail -n 1 "$HDFS_CHART/files/start.sh")" = 'exec hdfs "$@"' ]
}

@test "no pod has a token, service variables, root, a writable root file system or a capability" {
  guide
  for workload in 'StatefulSet hdfs-namenode' 'StatefulSet hdfs-datanode' 'Deployment hdfs-httpfs'; do
    # shellcheck disable=SC2086
    says '[false, false, true, 1000, "RuntimeDefault"]' $workload '[[pod["automountServiceAccountToken"], pod["enableServiceLinks"], pod["securityContext"]["runAsNonRoot"], pod["securityContext"]["runAsUser"], pod["securityContext"]["seccompProfile"]["type"]]]'
    # shellcheck disable=SC2086
    says '' $workload '[c["name"] for c in containers.values() if not (c["securityContext"]["readOnlyRootFilesystem"] and not c["securityContext"]["allowPrivilegeEscalation"] and c["securityContext"]["capabilities"]["drop"] == ["ALL"])]'
  done
}

@test "Spark and the pods of stages reach NameNode and DataNodes; nobody else does" {
  render
  for role in namenode datanode; do
    says '[{"podSelector": {"matchLabels": {"app.kubernetes.io/instance": "hdfs", "app.kubernetes.io/name": "hdfs"}}}, {"podSelector": {"matchLabels": {"app.kubernetes.io/name": "spark"}}}, {"podSelector": {"matchExpressions": [{"key": "job-name", "operator": "Exists"}]}}, {"podSelector": {"matchLabels": {"app.kubernetes.io/name": "clic-master"}}}]' \
      NetworkPolicy "hdfs-$role" '[o["spec"]["ingress"][0]["from"]]'
  done
}

@test "a change of the configuration restarts the pods, and nothing else does" {
  checksums() {
    for workload in 'StatefulSet hdfs-namenode' 'StatefulSet hdfs-datanode' 'Deployment hdfs-httpfs'; do
      # shellcheck disable=SC2086
      ask $workload 'o["spec"]["template"]'
    done | sha256sum
  }
  render
  before=$(checksums)
  guide
  [ "$(checksums)" = "$before" ]
  render --set-string 'config.hdfs.dfs\.blocksize=64m'
  [ "$(checksums)" != "$before" ]
}

@test "settings of one's own win, and are escaped" {
  render --set-string 'config.core.fs\.permissions\.umask-mode=<a&b>'
  [[ $(ask ConfigMap hdfs-config 'o["data"]["core-site.xml"]') == *'<name>fs.permissions.umask-mode</name><value>&lt;a&amp;b&gt;</value>'* ]]
  for file in core-site.xml hdfs-site.xml httpfs-site.xml; do
    ask ConfigMap hdfs-config "o['data']['$file']" >"$BATS_TEST_TMPDIR/$file"
    python3 -c 'import sys, xml.etree.ElementTree as e; e.parse(sys.argv[1])' "$BATS_TEST_TMPDIR/$file"
  done
}

@test "permissions are on, and only HttpFS may speak for others" {
  render
  [[ $(ask ConfigMap hdfs-config 'o["data"]["hdfs-site.xml"]') == *'<name>dfs.permissions.enabled</name><value>true</value>'* ]]
  says hadoop.proxyuser.httpfs ConfigMap hdfs-config '[*set(__import__("re").findall(r"hadoop\.proxyuser\.\w+", o["data"]["core-site.xml"]))]'
  says httpfs Deployment hdfs-httpfs '[e["value"] for e in containers["httpfs"]["env"] if e["name"] == "HADOOP_USER_NAME"]'
}

@test "an unknown value and one of the wrong type are refused, each by name" {
  refused() {
    run helm template hdfs "$HDFS_CHART" --kube-version 1.30.0 "$@"
    [ "$status" -ne 0 ]
  }
  refused --set ingress.httpfs.enable=true
  [[ $output == *"'enable'"* ]]
  refused --set-string datanode.replicas=three
  [[ $output == *replicas* ]]
  refused --set-string ingress.httpfs.enabled=yes
  [[ $output == *enabled* ]]
  refused --set datanode.antiAffinity=sometimes
  refused --set namenode.persistence.size=much
  refused --set datanode.replicas=0
  refused --set 'directories[0].path=/a/b' --set-string 'directories[0].mode=1777'
  refused --set ingress.httpfs.tlsSecret=tls --set ingress.httpfs.enabled=true
  [[ $output == *'wants ingress.httpfs.host'* ]]
}

@test "HttpFS's secret is random, kept at an uninstall, and in no command or variable" {
  render
  says keep Secret hdfs-httpfs-signature 'o["metadata"]["annotations"]["helm.sh/resource-policy"]'
  secret=$(signature)
  [ ${#secret} -eq 64 ]
  render
  [ "$(signature)" != "$secret" ]
  # It comes as a file.
  says '' Deployment hdfs-httpfs '[e["name"] for c in containers.values() for e in c["env"] if "secretKeyRef" in e.get("valueFrom", {})]'
  says hdfs-httpfs-signature Deployment hdfs-httpfs '[v["secret"]["secretName"] for v in pod["volumes"] if v["name"] == "signature"]'
  says /etc/clic/signature Deployment hdfs-httpfs '[m["mountPath"] for m in containers["httpfs"]["volumeMounts"] if m["name"] == "signature"]'
  [[ $(ask ConfigMap hdfs-config 'o["data"]["httpfs-site.xml"]') == *'signature.secret.file</name><value>/etc/clic/signature/signature.secret<'* ]]
  render --set httpfs.signatureSecret=ours
  run ask Secret hdfs-httpfs-signature o
  [ "$status" -ne 0 ]
  says ours Deployment hdfs-httpfs '[v["secret"]["secretName"] for v in pod["volumes"] if v["name"] == "signature"]'
}

signature() { ask Secret hdfs-httpfs-signature '__import__("base64").b64decode(o["data"]["signature.secret"]).decode()'; }

@test "an upgrade keeps the secret that the cluster has, and leaves one alone that the release did not make" {
  secret_of_cluster hdfs
  [ "$(signature)" = kept ]
  secret_of_cluster ''
  run ask Secret hdfs-httpfs-signature o
  [ "$status" -ne 0 ]
  says hdfs-httpfs-signature Deployment hdfs-httpfs '[v["secret"]["secretName"] for v in pod["volumes"] if v["name"] == "signature"]'
}

@test "an installation tells the guide's curl lines" {
  notes --set ingress.httpfs.enabled=true >"$BATS_TEST_TMPDIR/notes.txt"
  for operation in 'op=MKDIRS&user.name=root' 'op=LISTSTATUS&user.name=root' 'op=CREATE&data=true&user.name=root' 'op=OPEN&user.name=root'; do
    grep -Eq "^ *curl .*/webhdfs/v1/data[^ ]*$operation'" "$BATS_TEST_TMPDIR/notes.txt"
  done
  grep -q 'on trust' "$BATS_TEST_TMPDIR/notes.txt"
}

@test "the package has the chart alone" {
  helm package "$HDFS_CHART" --destination "$BATS_TEST_TMPDIR"
  run tar -tzf "$BATS_TEST_TMPDIR"/hdfs-*.tgz
  [[ $output != *component.sh* && $output != *httpfs.sh* && $output != *values.table* && $output != *ci/* ]]
  [[ $output == *hdfs/files/start.sh* ]]
}

@test "the environment file's values get into the chart" {
  cat >"$BATS_TEST_TMPDIR/env" <<'ENV'
NAMESPACE=elsewhere
IMAGE_PULL_SECRET=pull
HDFS_IMAGE=registry.example.com:5000/hadoop
HDFS_TAG=3.4.3
HDFS_ROLLING_UPGRADE=true
HDFS_STORAGE_CLASS=fast
HDFS_DATANODES=5
HDFS_SPREAD_REQUIRED=true
HDFS_NAMENODE_SIZE=20Gi
HDFS_DATANODE_SIZE=1Ti
HDFS_DATANODE_MEMORY=4Gi
HDFS_HTTPFS_REPLICAS=3
HDFS_INGRESS=true
HDFS_INGRESS_HOST=httpfs.example.com
HDFS_INGRESS_CLASS=nginx
HDFS_INGRESS_NAMESPACE=edge
ENV
  component_values "$BATS_TEST_TMPDIR/env" >"$BATS_TEST_TMPDIR/values.yaml"
  render --values "$BATS_TEST_TMPDIR/values.yaml"
  says '[5, "registry.example.com:5000/hadoop:3.4.3", "4Gi", "4Gi", "fast", "1Ti", [{"name": "pull"}]]' StatefulSet hdfs-datanode \
    '[[o["spec"]["replicas"], containers["datanode"]["image"], containers["datanode"]["resources"]["limits"]["memory"], containers["datanode"]["resources"]["requests"]["memory"], o["spec"]["volumeClaimTemplates"][0]["spec"]["storageClassName"], o["spec"]["volumeClaimTemplates"][0]["spec"]["resources"]["requests"]["storage"], pod["imagePullSecrets"]]]'
  says true StatefulSet hdfs-datanode '"requiredDuringSchedulingIgnoredDuringExecution" in pod["affinity"]["podAntiAffinity"]'
  says '["-rollingUpgrade", "started"]' StatefulSet hdfs-namenode '[containers["namenode"]["command"][-2:]]'
  says httpfs.example.com Ingress hdfs-httpfs 'o["spec"]["rules"][0]["host"]'
  says 3 Deployment hdfs-httpfs 'o["spec"]["replicas"]'
  # A rendering for review has no secret in it.
  run ask Secret hdfs-httpfs-signature o
  [ "$status" -ne 0 ]
}

@test "the defaults of the environment file are those of the chart" {
  : >"$BATS_TEST_TMPDIR/env"
  component_values "$BATS_TEST_TMPDIR/env" >"$BATS_TEST_TMPDIR/values.yaml"
  render --set httpfs.signatureSecret=hdfs-httpfs-signature
  cp "$MANIFESTS" "$BATS_TEST_TMPDIR/chart.yaml"
  render --values "$BATS_TEST_TMPDIR/values.yaml"
  diff "$BATS_TEST_TMPDIR/chart.yaml" "$MANIFESTS"
}

@test "up installs it and waits for every part, and a second up changes nothing" {
  stubs_begin kubectl helm
  second_run_changes_nothing "$HDFS_CHART/../deploy.sh" up hdfs
  for workload in statefulset/hdfs-namenode statefulset/hdfs-datanode deployment/hdfs-httpfs; do calls kubectl | grep -q "rollout status $workload"; done
}

@test "down leaves the secret, down --delete-data removes it" {
  stubs_begin kubectl helm
  "$HDFS_CHART/../deploy.sh" up hdfs
  before=$(kubectl -n argo get secret hdfs-httpfs-signature --output json)
  "$HDFS_CHART/../deploy.sh" down hdfs --yes
  "$HDFS_CHART/../deploy.sh" up hdfs
  [ "$(kubectl -n argo get secret hdfs-httpfs-signature --output json)" = "$before" ]
  "$HDFS_CHART/../deploy.sh" down hdfs --yes --delete-data
  [ -z "$(kubectl -n argo get secret hdfs-httpfs-signature --ignore-not-found --output name)" ]
}

@test "no DataNode at all is refused" {
  printf 'HDFS_DATANODES=0\n' >"$BATS_TEST_TMPDIR/env"
  run component_call "$BATS_TEST_TMPDIR/env" component_check
  [ "$status" -eq 2 ]
  [[ $output == *'HDFS_DATANODES is 0'* ]]
}

@test "the test of HttpFS ends its port-forward, and fails when there is no way" {
  stubs_begin kubectl
  printf 'READY_TIMEOUT=5s\n' >"$BATS_TEST_TMPDIR/env"
  stub_tool kubectl <<'BASH'
echo 'error: unable to forward port because pod is not running' >&2
exit 1
BASH
  run component_call "$BATS_TEST_TMPDIR/env" component_test
  [ "$status" -eq 1 ]
  [[ $output == *'FAIL  hdfs: HttpFS is reached'* && $output == *'pod is not running'* ]]
  stub_tool kubectl <<'BASH'
echo $$ >"$STUB_STATE/forward.pid"
echo 'Forwarding from 127.0.0.1:9 -> 14000'
exec sleep 300
BASH
  run component_call "$BATS_TEST_TMPDIR/env" component_test
  [ "$status" -ne 0 ]
  [[ $output == *'FAIL  hdfs: MKDIRS'* && $output == *'no answer'* ]]
  run kill -0 "$(cat "$STUB_STATE/forward.pid")"
  [ "$status" -ne 0 ]
}

@test "the scripts are clean" {
  need shellcheck shfmt
  shellcheck "$HDFS_CHART"/*.sh "$HDFS_CHART"/files/*.sh "$BATS_TEST_DIRNAME/lib/hdfs.bash" "$BATS_TEST_DIRNAME/real/hdfs/bin/hdfs"
  shfmt -i 2 -d "$HDFS_CHART"/*.sh "$HDFS_CHART"/files/*.sh "$BATS_TEST_DIRNAME/lib/hdfs.bash" "$BATS_TEST_DIRNAME/real/hdfs/bin/hdfs"
}
