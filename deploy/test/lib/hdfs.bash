# shellcheck shell=bash
# What the HDFS suites share: rendering the chart, asking the manifests, and the daemons themselves.

HDFS_CHART=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../hdfs" && pwd)
# The oldest and the newest Kubernetes that are claimed.
HDFS_KUBERNETES=(1.29.0 1.37.0)
# Seconds that anything is waited for.
HDFS_PATIENCE=60

# render [helm argument…]: the chart as release hdfs in namespace argo, into $MANIFESTS.
render() {
  MANIFESTS=$BATS_TEST_TMPDIR/manifests.yaml
  helm template hdfs "$HDFS_CHART" --namespace argo --kube-version "${HDFS_KUBERNETES[1]}" "$@" >"$MANIFESTS"
}

# within COMMAND…: tries until it succeeds, at most HDFS_PATIENCE seconds.
within() { until_true "$HDFS_PATIENCE" "$@"; }

# hadoop_jars FILE: the class path of Hadoop's daemons, from Maven Central; asks the network only the first time.
hadoop_jars() {
  local pom=$BATS_TEST_DIRNAME/hdfs/pom.xml
  mvn --batch-mode --quiet --offline --file "$pom" dependency:build-classpath "-Dmdep.outputFile=$1" >/dev/null 2>&1 ||
    timeout 600 mvn --batch-mode --quiet --file "$pom" dependency:build-classpath "-Dmdep.outputFile=$1"
}

# notes [helm argument…]: what helm prints after an installation. `helm template` does not, so a copy of the chart has it as a template.
notes() {
  local copy=$BATS_TEST_TMPDIR/notes
  rm -rf "$copy"
  cp -r "$HDFS_CHART" "$copy"
  mv "$copy/templates/NOTES.txt" "$copy/files/"
  # shellcheck disable=SC2016  # for helm
  printf '%s\n' 'kind: Notes' 'metadata: {name: notes}' 'text: |-{{ tpl (.Files.Get "files/NOTES.txt") . | nindent 2 }}' >"$copy/templates/notes.yaml"
  helm template hdfs "$copy" --namespace argo --kube-version "${HDFS_KUBERNETES[1]}" --show-only templates/notes.yaml "$@" >"$copy/out.yaml"
  MANIFESTS=$copy/out.yaml ask Notes notes 'o["text"]'
}

# component_call ENV FUNCTION…: the functions of the HDFS component in a shell of its own, with the values of that environment file.
component_call() {
  bash -c '
    set -euo pipefail
    DEPLOY_DIR=$1 ENV_FILE=$2 COMPONENT=hdfs COMPONENT_NAME=hdfs DRY_RUN=false
    COMPONENT_DIR=$DEPLOY_DIR/hdfs
    shift 2
    for part in log values kube component; do . "$DEPLOY_DIR/lib/$part.sh"; done
    values_load "$ENV_FILE"
    . "$COMPONENT_DIR/component.sh"
    for call in "$@"; do "$call"; done
    [ "$STEPS_FAILED" -eq 0 ]
  ' bash "$HDFS_CHART/.." "$@"
}

# component_values ENV: the values that the component gives to helm.
component_values() { component_call "$1" component_helm_values; }

# secret_of_cluster OWNER: HttpFS's Secret as the chart makes it against a cluster that has one already, made by the release OWNER (empty: by no
# release) with the value `kept`. The cluster answers what helm asks, and nothing else. What helm makes goes into $MANIFESTS.
secret_of_cluster() {
  local folder=$BATS_TEST_TMPDIR/cluster process
  mkdir -p "$folder"
  rm -f "$folder/port"
  python3 - "$1" >"$folder/port" 3>&- <<'PYTHON' &
import base64, http.server, json, sys
secret = {"apiVersion": "v1", "kind": "Secret", "data": {"signature.secret": base64.b64encode(b"kept").decode()},
          "metadata": {"name": "hdfs-httpfs-signature", "namespace": "argo"}}
if sys.argv[1]:
    secret["metadata"]["annotations"] = {"meta.helm.sh/release-name": sys.argv[1]}
answers = {
    "/version": {"major": "1", "minor": "37", "gitVersion": "v1.37.0"},
    "/api/v1": {"kind": "APIResourceList", "groupVersion": "v1",
                "resources": [{"name": "secrets", "namespaced": True, "kind": "Secret", "verbs": ["get"]}]},
    "/api/v1/namespaces/argo/secrets/hdfs-httpfs-signature": secret,
}
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        answer = answers.get(self.path.split("?")[0])
        body = json.dumps(answer or {"kind": "Status", "status": "Failure", "reason": "NotFound", "code": 404}).encode()
        self.send_response(200 if answer else 404)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *words):
        pass
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
server.serve_forever()
PYTHON
  process=$!
  within test -s "$folder/port"
  KUBECONFIG=/dev/null timeout 60 helm template hdfs "$HDFS_CHART" --namespace argo --kube-version "${HDFS_KUBERNETES[1]}" --dry-run=server --is-upgrade \
    --kube-apiserver "http://127.0.0.1:$(cat "$folder/port")" >"$folder/out.yaml" || {
    kill "$process"
    return 1
  }
  kill "$process"
  wait "$process" || true
  MANIFESTS=$folder/out.yaml
}
