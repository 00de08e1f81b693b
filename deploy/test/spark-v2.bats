# The Spark chart and component, without a cluster. test/real/spark.bats has the real daemons.

load lib/tools
load lib/manifests
load lib/spark

setup() {
  need helm python3
  python3 -c 'import yaml' || {
    [ -z "${CI:-}" ] || return 1
    skip 'python3-yaml is not installed'
  }
  DEPLOY_DIR=$BATS_TEST_DIRNAME/..
}

teardown() { api_server_end; }

# render [HELM-OPTION…]: the chart as release spark in namespace argo, into $MANIFESTS.
render() {
  MANIFESTS=$BATS_TEST_TMPDIR/manifests.yaml
  helm template "${RELEASE:-spark}" "$SPARK_CHART" --namespace argo --kube-version "${SPARK_KUBERNETES[1]}" "$@" >"$MANIFESTS"
}

# The guide's command, with a tag that exists.
guide() { render --set worker.replicaCount=3 --set image.tag=3.5.8 --set master.webPort=8081 "$@"; }

# told WANTED KIND NAME EXPRESSION: `says`, with the answer as Python prints it.
told() { says "$1" "$2" "$3" "str($4)"; }

# refused TEXT [HELM-OPTION…]: the values are refused, and the message has the text.
refused() {
  local text=$1
  shift
  run helm template spark "$SPARK_CHART" --namespace argo --kube-version "${SPARK_KUBERNETES[1]}" "$@"
  echo "$output"
  [ "$status" -ne 0 ] && [[ $output == *"$text"* ]]
}

# component CODE: runs CODE with the component loaded, as deploy.sh does, with the values of the environment file.
component() {
  bash -c '
    set -euo pipefail
    DEPLOY_DIR=$1 COMPONENT=spark COMPONENT_DIR=$1/spark-v2
    for part in log values kube component; do . "$DEPLOY_DIR/lib/$part.sh"; done
    values_load "$2"
    . "$COMPONENT_DIR/component.sh"
    eval "$3"' - "$DEPLOY_DIR" "$BATS_TEST_TMPDIR/env" "$1"
}

@test "the chart and both value sets pass helm's own lint" {
  helm lint --strict --kube-version "${SPARK_KUBERNETES[0]}" "$SPARK_CHART"
  for values in guide all-on; do
    helm lint --strict --kube-version "${SPARK_KUBERNETES[1]}" --values "$SPARK_CHART/ci/$values-values.yaml" "$SPARK_CHART"
  done
}

@test "without its optional parts every object is valid, too" {
  need kubernetes-validate
  for version in "${SPARK_KUBERNETES[@]}"; do
    render --kube-version "$version" --set auth.enabled=false --set networkPolicy.enabled=false --set worker.decommission.enabled=false
    kubernetes-validate --strict --quiet -k "${version%.0}" "$MANIFESTS"
  done
}

@test "an older Kubernetes is refused" {
  refused '>=1.29.0-0' --kube-version 1.28.9
}

@test "the security lint has nothing to say" {
  need kube-score
  for values in guide all-on; do
    render --values "$SPARK_CHART/ci/$values-values.yaml"
    kube-score score --exit-one-on-warning --output-format ci --kubernetes-version v1.37 "$MANIFESTS"
  done
}

@test "the guide's command gives three workers of that tag" {
  guide
  told 3 Deployment spark-worker 'o["spec"]["replicas"]'
  for role in master worker; do
    told "['apache/spark:3.5.8']" Deployment "spark-$role" 'sorted({c["image"] for c in pod["containers"] + pod["initContainers"]})'
  done
}

@test "the guide's webPort is the daemon's argument, the container's port, the probes' and the Service's" {
  guide
  told 8081 Deployment spark-master 'main["args"][main["args"].index("--webui-port") + 1]'
  told "{'rpc': 7077, 'web': 8081}" Deployment spark-master '{p["name"]: p["containerPort"] for p in main["ports"]}'
  told "{'web'}" Deployment spark-master '{main[k]["httpGet"]["port"] for k in ("startupProbe", "readinessProbe", "livenessProbe")}'
  told "{'rpc': (7077, 'rpc'), 'web': (8081, 'web')}" Service spark-master-svc '{p["name"]: (p["port"], p["targetPort"]) for p in o["spec"]["ports"]}'
  run grep -c 8080 "$MANIFESTS"
  [ "$output" = 0 ]
}

@test "workers find the master by the Service's name, whatever the release is called" {
  RELEASE=other guide
  told spark://spark-master-svc:7077 Deployment other-spark-worker 'main["args"][-1]'
  told "{'other'}" Service spark-master-svc '{o["spec"]["selector"]["app.kubernetes.io/instance"]}'
  guide --set master.serviceName=sparky
  told spark://sparky:7077 Deployment spark-worker 'main["args"][-1]'
}

@test "no Service's variables and no token reach the pods" {
  guide
  for role in master worker; do
    told '(False, False)' Deployment "spark-$role" '(pod["enableServiceLinks"], pod["automountServiceAccountToken"])'
  done
}

@test "nothing is tied to the shared volume unless it is asked for" {
  guide
  run grep -c pvc-nfs "$MANIFESTS"
  [ "$output" = 0 ]
  guide --set nfs.enabled=true
  for role in master worker; do
    told "['/data']" Deployment "spark-$role" '[m["mountPath"] for m in main["volumeMounts"] if m["name"] == "nfs"]'
    told "['pvc-nfs']" Deployment "spark-$role" '[v["persistentVolumeClaim"]["claimName"] for v in pod["volumes"] if v["name"] == "nfs"]'
  done
}

@test "a worker's limits hold what it offers, the overhead and the daemon" {
  guide --set worker.memory=4Gi --set worker.cores=2
  told "('2', '4096m')" Deployment spark-worker '(main["args"][7], main["args"][9])'
  # 4096 and 40 percent, 512 for the heap of the daemon, 256 for the rest of it.
  told "{'cpu': '2250m', 'memory': '6502Mi', 'ephemeral-storage': '11520Mi'}" Deployment spark-worker 'main["resources"]["limits"]'
  told 512m Deployment spark-worker 'env["SPARK_DAEMON_MEMORY"]'
}

@test "the secret is in a Secret alone, random, and kept when the release goes" {
  guide
  secret=$(ask Secret spark-auth '__import__("base64").b64decode(o["data"]["secret"]).decode()')
  [[ $secret =~ ^[A-Za-z0-9]{64}$ ]]
  told "('keep', 'data')" Secret spark-auth '(o["metadata"]["annotations"]["helm.sh/resource-policy"], o["metadata"]["labels"]["clic.io/keep"])'
  run grep -cF "$secret" "$MANIFESTS"
  [ "$output" = 0 ]
  told None ConfigMap spark-config '__import__("re").search("^spark.authenticate.secret", o["data"]["spark-defaults.conf"], __import__("re").M)'
  told True ConfigMap spark-config '"spark.authenticate true\n" in o["data"]["spark-defaults.conf"]'
}

@test "an upgrade keeps the secret that the cluster has" {
  printf '{"kind": "Secret", "apiVersion": "v1", "metadata": {"name": "spark-auth", "namespace": "argo", "annotations": {"meta.helm.sh/release-name": "spark"}}, "data": {"secret": "b3VycyBzaW5jZSBsb25n"}}' \
    >"$BATS_TEST_TMPDIR/secret.json"
  api_server_start "$BATS_TEST_TMPDIR/secret.json"
  render --dry-run=server
  told b3VycyBzaW5jZSBsb25n Secret spark-auth 'o["data"]["secret"]'
}

@test "a first installation makes a secret, and one that somebody else has made is left to them" {
  api_server_start
  render --dry-run=server
  told 88 Secret spark-auth 'len(o["data"]["secret"])'
  api_server_end
  rm "$KUBECONFIG"
  printf '{"kind": "Secret", "apiVersion": "v1", "metadata": {"name": "spark-auth", "namespace": "argo"}, "data": {"secret": "eA=="}}' >"$BATS_TEST_TMPDIR/secret.json"
  api_server_start "$BATS_TEST_TMPDIR/secret.json"
  render --dry-run=server
  run grep -c '^kind: Secret' "$MANIFESTS"
  [ "$output" = 0 ]
}

@test "with autoscaling the Deployment has no replicas, and the current API scales it" {
  guide --set worker.autoscaling.enabled=true
  told False Deployment spark-worker '"replicas" in o["spec"]'
  told "('autoscaling/v2', 2, 6, 'spark-worker')" HorizontalPodAutoscaler spark-worker \
    '(o["apiVersion"], o["spec"]["minReplicas"], o["spec"]["maxReplicas"], o["spec"]["scaleTargetRef"]["name"])'
  refused 'less than minReplicas' --set worker.autoscaling.enabled=true --set worker.autoscaling.maxReplicas=1
}

@test "unknown names and values that can't be are refused" {
  refused replicas --set worker.replicas=3
  refused extra --set image.extra=x
  refused typo --set typo=1
  refused webPort --set master.webPort=eighty
  refused 'are the same' --set master.webPort=7077
  refused memory --set worker.memory=1g
  refused authenticate --set config.spark\\.authenticate\\.secret=in-the-configmap
  refused config --set-string $'config.spark\\.x=a\nspark.authenticate false'
}

@test "the pods of stages and clic-master reach what a driver needs, and no more" {
  guide
  told "[['web', 'rpc']]" NetworkPolicy spark-master '[[p["port"] for p in r["ports"]] for r in o["spec"]["ingress"] if "ports" in r]'
  told "[[('web', None), (7100, 7131)]]" NetworkPolicy spark-worker \
    '[[(p["port"], p.get("endPort")) for p in r["ports"]] for r in o["spec"]["ingress"] if "ports" in r]'
  for role in master worker; do
    told "['job-name']" NetworkPolicy "spark-$role" \
      '[e["key"] for f in o["spec"]["ingress"][1]["from"] for e in f["podSelector"].get("matchExpressions", [])]'
    told True NetworkPolicy "spark-$role" '{"app.kubernetes.io/name": "clic-master"} in [f["podSelector"].get("matchLabels") for f in o["spec"]["ingress"][1]["from"]]'
  done
  told True ConfigMap spark-config '"spark.blockManager.port 7100\n" in o["data"]["spark-defaults.conf"]'
}

@test "the master remembers on a volume when that is asked for, and the claim is kept" {
  guide
  run grep -c 'spark.deploy.recovery\|PersistentVolumeClaim' "$MANIFESTS"
  [ "$output" = 0 ]
  guide --set master.persistence.enabled=true
  told keep PersistentVolumeClaim spark-recovery 'o["metadata"]["annotations"]["helm.sh/resource-policy"]'
  told "['/var/spark/recovery']" Deployment spark-master '[m["mountPath"] for m in main["volumeMounts"] if m["name"] == "recovery"]'
  told True ConfigMap spark-config '"spark.deploy.recoveryDirectory /var/spark/recovery\n" in o["data"]["spark-defaults.conf"]'
}

@test "a worker's time to end is longer than its decommissioning" {
  guide --set worker.decommission.seconds=300
  told "(330, ['sh', '/etc/spark/stop.sh', '300'])" Deployment spark-worker '(pod["terminationGracePeriodSeconds"], main["lifecycle"]["preStop"]["exec"]["command"])'
}

@test "the stop waits for the worker's children, and not for ever" {
  cd "$BATS_TEST_TMPDIR"
  sed "s|/run/spark|$PWD|" "$SPARK_CHART/files/stop.sh" >stop.sh
  # shellcheck disable=SC2016
  bash -c 'trap "touch signalled" PWR; sleep 1000 & echo $! >child; echo $$ >pid; while wait %1; [ $? -gt 128 ] && kill -0 %1; do :; done; read -r' 3>&- &
  worker=$!
  until_true 10 test -s pid
  until_true 10 test -s child
  timeout 30 sh stop.sh 1
  rm signalled
  sh stop.sh 60 3>&- &
  stop=$!
  until_true 10 test -e signalled
  kill -0 "$stop"
  kill "$(cat child)"
  wait "$stop"
  kill "$worker" 2>/dev/null || true
}

@test "the notes have commands that work, and say what a tag of the user's own means" {
  # `helm template` leaves the notes out, so a copy of the chart has them as a manifest.
  cp -r "$SPARK_CHART" "$BATS_TEST_TMPDIR/chart"
  { printf 'kind: Notes\ntext: |-\n  notes:\n' && sed 's/^/  /' "$SPARK_CHART/templates/NOTES.txt"; } >"$BATS_TEST_TMPDIR/chart/templates/notes.yaml"
  run helm template spark "$BATS_TEST_TMPDIR/chart" --namespace argo --kube-version 1.35.0 --show-only templates/notes.yaml \
    --set image.tag=2.4.5 --set master.webPort=8081
  echo "$output"
  [ "$status" -eq 0 ]
  [[ $output == *'kubectl exec -n argo deploy/spark-master -- sh /etc/spark/pi.sh spark://spark-master-svc:7077'* ]]
  [[ $output == *'svc/spark-master-svc 8081:8081'* ]]
  [[ $output == *'image of your own'* ]]
}

@test "an image's name becomes repository, tag and digest" {
  : >"$BATS_TEST_TMPDIR/env"
  digest=sha256:$(printf '%064d' 7)
  for triple in "apache/spark:3.5.9 apache/spark 3.5.9" "host:5000/spark host:5000/spark latest" "host:5000/a/spark:1@$digest host:5000/a/spark 1 $digest" "spark@$digest spark  $digest"; do
    IFS=' ' read -r image _ <<<"$triple"
    run component "image_yaml $image"
    echo "$output"
    case $image in
    apache*) [[ $output == '{repository: "apache/spark", tag: "3.5.9", digest: "", pullSecrets: []}' ]] ;;
    host:5000/spark) [[ $output == *'repository: "host:5000/spark", tag: "latest", digest: "",'* ]] ;;
    host*) [[ $output == *"repository: \"host:5000/a/spark\", tag: \"1\", digest: \"$digest\","* ]] ;;
    spark*) [[ $output == *"repository: \"spark\", tag: \"\", digest: \"$digest\","* ]] ;;
    esac
  done
}

@test "the environment file's values arrive in the chart, and deploy.sh's rendering has no secret" {
  printf '%s\n' SPARK_IMAGE=registry.example/clic/spark:2.4.5 SPARK_WORKERS=4 SPARK_WEB_PORT=8081 SPARK_WORKER_MEMORY=3Gi SPARK_RECOVERY_SIZE=1Gi \
    SPARK_DATA_CLAIM=pvc-nfs IMAGE_PULL_SECRET=registry >"$BATS_TEST_TMPDIR/env"
  CLIC_ENV=$BATS_TEST_TMPDIR/env "$DEPLOY_DIR/deploy.sh" render "$BATS_TEST_TMPDIR" spark
  MANIFESTS=$BATS_TEST_TMPDIR/spark.yaml
  told registry.example/clic/spark:2.4.5 Deployment spark-worker 'main["image"]'
  told "(4, '3072m', [{'name': 'registry'}])" Deployment spark-worker '(o["spec"]["replicas"], main["args"][9], pod["imagePullSecrets"])'
  told 8081 Service spark-master-svc 'o["spec"]["ports"][1]["port"]'
  told "['spark-recovery']" Deployment spark-master '[v["persistentVolumeClaim"]["claimName"] for v in pod["volumes"] if v["name"] == "recovery"]'
  run grep -c '^kind: Secret' "$MANIFESTS"
  [ "$output" = 0 ]
}

@test "values that can't work together are refused before anything is changed" {
  for bad in SPARK_WORKERS_MAX=1 SPARK_WORKERS=0 SPARK_WORKER_MEMORY=1000M SPARK_WEB_PORT=7077 SPARK_WEB_PORT=80; do
    printf '%s\n' "$bad" >"$BATS_TEST_TMPDIR/env"
    run component component_check
    echo "$output"
    [ "$status" -eq 2 ]
    [[ $output == *"${bad%%=*}"* ]]
  done
}

@test "the package has no files of deploy.sh" {
  helm package "$SPARK_CHART" --destination "$BATS_TEST_TMPDIR"
  run tar -tzf "$BATS_TEST_TMPDIR"/spark-*.tgz
  [[ $output == *spark/values.schema.json* ]]
  [[ $output != *component.sh* && $output != *values.table* && $output != *spark/ci/* ]]
}
