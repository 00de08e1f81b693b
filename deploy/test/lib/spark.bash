# shellcheck shell=bash
# What the Spark suites share: the rendered pods of master and worker as processes here (spark_pods), with a kubectl that executes in them, and
# an API server that knows one Secret, for helm's lookup.

# shellcheck disable=SC2034  # for the suites
SPARK_CHART=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../spark-v2" && pwd)
# The oldest and the newest Kubernetes that are claimed.
# shellcheck disable=SC2034
SPARK_KUBERNETES=(1.29.0 1.37.0)

# matches PATTERN FILE-GLOB [GLOB…]: whether one of the files has such a line; the globs are expanded each time.
matches() {
  local pattern=$1
  shift
  # shellcheck disable=SC2068  # globs
  grep -qse "$pattern" $@
}

# spark_pods FOLDER RENDERED: makes the pods' files in FOLDER from the rendered manifests: for each role the files of its volumes, `configure` and
# `start` with the containers' own commands and environments. Only paths, ports, hosts and the place of Spark are those of this machine.
spark_pods() {
  PODS=$1
  export PODS
  local ports
  mapfile -t ports < <(free_ports 5)
  export RPC_PORT=${ports[0]} WEB_PORT=${ports[1]} WORKER_WEB_PORT=${ports[3]}
  mkdir -p "$PODS/bin"
  python3 - "$2" "$PODS" "$(spark_home)" "${ports[@]}" <<'PYTHON'
import os, re, secrets, shlex, sys, yaml

rendered, folder, home, rpc, web, worker_rpc, worker_web, blocks = sys.argv[1:]
with open(rendered, encoding="utf-8") as stream:
    objects = {(o["kind"], o["metadata"]["name"]): o for o in yaml.safe_load_all(stream) if o}
secret = "secret-of-the-test-" + secrets.token_hex(8)
web_port = next(p["port"] for p in objects["Service", "spark-master-svc"]["spec"]["ports"] if p["name"] == "web")

def place(text, role):
    own = os.path.join(folder, role)
    for pattern, here in [
        (r"\$\(POD_IP\)", "127.0.0.1"), (r"/opt/spark", home), (r"/etc/spark\b", own + "/etc"), (r"/run/secrets/spark\b", own + "/secret"),
        (r"/run/spark\b", own + "/run"), (r"/var/spark\b", own + "/var"), (r"spark-master-svc:7077", "127.0.0.1:" + rpc),
        (r"^7077$", rpc), (r"^7078$", worker_rpc), (r"(?<=blockManager\.port )7100$", blocks),
        (f"^{web_port}$", web if role == "master" else worker_web), (r"^8081$", worker_web if role == "worker" else web),
    ]:
        text = re.sub(pattern, lambda _: here, text, flags=re.MULTILINE)
    return text

def script(path, role, container):
    lines = ["#!/usr/bin/env bash", "unset SPARK_HOME SPARK_CONF_DIR"]
    for variable in container.get("env", []):
        value = "127.0.0.1" if "valueFrom" in variable else place(str(variable["value"]), role)
        lines.append(f"export {variable['name']}={shlex.quote(value)}")
    words = [place(word, role) for word in container["command"] + container.get("args", [])]
    with open(path + ".env", "w", encoding="utf-8") as file:
        file.write("\n".join(lines[1:]) + "\n")
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join([*lines, f"cd {shlex.quote(home)}", "exec " + shlex.join(words)]) + "\n")
    os.chmod(path, 0o755)

for role in ("master", "worker"):
    own = os.path.join(folder, role)
    for part in ("etc", "run", "secret", "var"):
        os.makedirs(os.path.join(own, part))
    with open(os.path.join(own, "secret", "secret"), "w", encoding="utf-8") as file:
        file.write(secret)
    for name, text in objects["ConfigMap", "spark-config"]["data"].items():
        with open(os.path.join(own, "etc", name), "w", encoding="utf-8") as file:
            file.write(place(text, role))
    pod = objects["Deployment", f"spark-{role}"]["spec"]["template"]["spec"]
    script(os.path.join(own, "configure"), role, pod["initContainers"][0])
    script(os.path.join(own, "start"), role, pod["containers"][0])
    hook = pod["containers"][0].get("lifecycle", {}).get("preStop", {}).get("exec")
    if hook:
        script(os.path.join(own, "stop"), role, {"command": hook["command"]})
PYTHON
  spark_fake_kubectl >"$PODS/bin/kubectl"
  chmod +x "$PODS/bin/kubectl"
}

# Where the Spark on the PATH (PyPI's pyspark) is.
spark_home() {
  local program
  program=$(command -v spark-submit)
  SPARK_HOME='' "$(dirname "$program")/python" -c 'import os, pyspark; print(os.path.dirname(pyspark.__file__))'
}

# pod_start ROLE: the init container, then the daemon; a group of its own, so that the end takes its children too.
pod_start() {
  "$PODS/$1/configure"
  setsid "$PODS/$1/start" >>"$PODS/$1/log" 2>&1 </dev/null 3>&- &
  echo $! >"$PODS/$1/group"
}

# cluster_start: master and worker, until the one knows the other.
cluster_start() {
  pod_start master
  pod_start worker
  until_true 60 worker_is ALIVE || {
    tail -n 20 "$PODS"/*/log
    return 1
  }
}

# worker_is STATE: whether the master's UI tells of a worker in that state.
worker_is() {
  curl --silent --fail --max-time 5 "http://127.0.0.1:$WEB_PORT/json/" | python3 -c '
import json, sys
states = [w["state"] for w in json.load(sys.stdin)["workers"]]
sys.exit(0 if sys.argv[1] in states else f"the workers are {states}")' "$1"
}

# pod_ended ROLE: whether the daemon is gone.
pod_ended() { ! kill -0 "$(cat "$PODS/$1/group")" 2>/dev/null; }

# pods_end: kills what is left of both.
pods_end() {
  local role
  for role in worker master; do
    if [ -f "${PODS:-/nonexistent}/$role/group" ]; then kill -KILL -- "-$(cat "$PODS/$role/group")" 2>/dev/null || true; fi
  done
}

# A kubectl that executes in the master's pod, with the pod's environment and paths.
spark_fake_kubectl() {
  printf '#!/usr/bin/env bash\nset -uo pipefail\nPODS=%q URL=%q HOME_HERE=%q\n' "$PODS" "spark://127.0.0.1:$RPC_PORT" "$(spark_home)"
  cat <<'BASH'
printf '%s\n' "$*" >>"$PODS/kubectl.log"
while [ $# -gt 0 ]; do
  case $1 in --context | --namespace) shift 2 ;; --request-timeout=*) shift ;; *) break ;; esac
done
case "$*" in
'exec deployment/spark-master --container master -- '*)
  shift 5
  words=()
  for word in "$@"; do
    word=${word//spark:\/\/spark-master-svc:7077/$URL}
    word=${word//\/etc\/spark/$PODS/master/etc}
    words+=("${word//\/opt\/spark/$HOME_HERE}")
  done
  . "$PODS/master/start.env"
  cd "$SPARK_HOME" || exit 1
  exec "${words[@]}"
  ;;
'config current-context') echo here ;;
'get namespace '*) echo namespace/argo ;;
version*) ;;
*)
  echo "this kubectl does not know: $*" >&2
  exit 1
  ;;
esac
BASH
}

# api_server_start [SECRET-JSON-FILE]: an API server on a free port that knows that Secret at most; its kubeconfig is $KUBECONFIG.
api_server_start() {
  export KUBECONFIG=$BATS_TEST_TMPDIR/kubeconfig
  python3 - "$KUBECONFIG" "${1-}" <<'PYTHON' 3>&- &
import http.server, json, os, sys
kubeconfig, secret = sys.argv[1:]
resources = [{"name": "secrets", "namespaced": True, "kind": "Secret", "verbs": ["get"]}]
answers = {
    "/version": {"major": "1", "minor": "35", "gitVersion": "v1.35.0"},
    "/api": {"kind": "APIVersions", "versions": ["v1"]},
    "/apis": {"kind": "APIGroupList", "apiVersion": "v1", "groups": []},
    "/api/v1": {"kind": "APIResourceList", "groupVersion": "v1", "resources": resources},
}
if secret:
    answers["/api/v1/namespaces/argo/secrets/spark-auth"] = json.load(open(secret, encoding="utf-8"))

class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        found = answers.get(self.path.split("?")[0])
        body = json.dumps(found or {"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "NotFound", "code": 404}).encode()
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass

server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer)
with open(kubeconfig + ".new", "w", encoding="utf-8") as file:
    json.dump({
        "apiVersion": "v1", "kind": "Config", "current-context": "here",
        "clusters": [{"name": "here", "cluster": {"server": f"http://127.0.0.1:{server.server_port}"}}],
        "contexts": [{"name": "here", "context": {"cluster": "here", "user": "here"}}],
        "users": [{"name": "here", "user": {}}],
    }, file)
os.rename(kubeconfig + ".new", kubeconfig)
server.serve_forever()
PYTHON
  API_SERVER=$!
  until_true 20 test -f "$KUBECONFIG"
}

api_server_end() { if [ -n "${API_SERVER:-}" ]; then kill "$API_SERVER" 2>/dev/null || true; fi; }
