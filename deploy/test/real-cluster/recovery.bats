# The cluster comes up again whatever has happened to it.

load ../lib/tools
load ../lib/cluster

for part in ../../lib/log lib/settings lib/daemon; do
  # shellcheck source=/dev/null
  . "$BATS_TEST_DIRNAME/../cluster/$part.sh"
done

setup_file() { cluster_begin; }
teardown_file() { cluster_end; }
teardown() { if [ -n "${DECOY-}" ]; then kill "$DECOY" 2>/dev/null || true; fi; }

# all_pids: every process of the cluster.
all_pids() {
  local program
  for program in "$BIN"/* "$(command -v docker-registry)"; do daemon_pids "$program"; done
  pod_pids
}

none_left() { [ -z "$(all_pids)" ]; }

answers() { [ "$(k exec deployment/web -- wget -q -O - http://web:8080)" = hello ]; }

deploy_web() {
  k create configmap kept --from-literal=word=before
  k create --filename - <<'YAML'
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - {name: web, image: busybox, imagePullPolicy: IfNotPresent, command: [sh, -c, 'echo hello >/tmp/index.html; exec httpd -f -p 8080 -h /tmp']}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 8080}]}
YAML
  cluster_within 60 answers
}

@test 'after everything was killed with -9, it comes up with its objects, and its pods run again' {
  local before=$SECONDS pids
  deploy_web
  while ! none_left; do
    mapfile -t pids < <(all_pids)
    kill -9 "${pids[@]}" 2>/dev/null || true
  done
  # Something else that calls itself so is not taken for it.
  (exec -a "$BIN/etcd" tail -f /dev/null "$CLUSTER/" >/dev/null 2>&1 3>&-) &
  DECOY=$!
  before=$SECONDS
  run "$CLUSTER_DIR/up"
  echo "$output"
  [ "$status" -eq 0 ]
  echo "# up again after $((SECONDS - before)) s" >&3
  [ "$(k get configmap kept --output 'jsonpath={.data.word}')" = before ]
  cluster_within 60 answers
  # And it takes new work.
  job after busybox echo hello
  [ "$(job_ends after 60)" = Complete ]
}

@test 'two that start it at once wait for each other, and there is one of each daemon' {
  "$CLUSTER_DIR/up" >/dev/null 2>"$BATS_TEST_TMPDIR/other" 3>&- &
  local other=$! program
  "$CLUSTER_DIR/up" >/dev/null
  wait "$other"
  for program in etcd kube-apiserver kube-controller-manager kube-scheduler kubelet kube-proxy kube-router containerd; do
    [ "$(daemon_pids "$BIN/$program" | wc -l)" -eq 1 ]
  done
}

@test 'an up where all runs leaves every daemon as it is' {
  local before
  before=$(all_pids | sort)
  "$CLUSTER_DIR/up" >/dev/null
  [ "$(all_pids | sort)" = "$before" ]
}

@test 'after down nothing runs, and up goes on where it was' {
  k create configmap stays --from-literal=word=before
  "$CLUSTER_DIR/down"
  none_left
  "$CLUSTER_DIR/up" >/dev/null
  [ "$(k get configmap stays --output 'jsonpath={.data.word}')" = before ]
}
