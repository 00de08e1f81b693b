# shellcheck shell=bash
# Masters on this machine, which can be killed and started at little cost, over one real Redis; their stages are Jobs of the cluster. Needs lib/tools
# and lib/cluster, and cluster_begin.

# An address of this machine that pods reach.
ADDRESS=172.30.255.1

# masters_begin: for setup_file.
masters_begin() {
  need redis-server redis-cli ss iptables || return
  ROOT=$(cd "$CLUSTER_DIR/../../.." && pwd)
  SHARED=$BATS_FILE_TMPDIR/shared EFFECTS=$BATS_FILE_TMPDIR/shared/effects
  REDIS_PORT=$(free_ports 1)
  export ROOT SHARED EFFECTS REDIS_PORT
  [ -e "$ROOT/dist/clic-master.cjs" ] || (cd "$ROOT" && npm run build)
  # Pods reach it below /tmp.
  chmod 755 "$BATS_RUN_TMPDIR" "$BATS_FILE_TMPDIR" "$(dirname "$BATS_FILE_TMPDIR")"
  mkdir "$SHARED" "$BATS_FILE_TMPDIR/redis"
  kubectl config view --raw >"$BATS_FILE_TMPDIR/kubeconfig"
  chmod 600 "$BATS_FILE_TMPDIR/kubeconfig"
  kubectl --kubeconfig "$BATS_FILE_TMPDIR/kubeconfig" config set-context --current --namespace "$NAMESPACE" >/dev/null
  cat >"$BATS_FILE_TMPDIR/pods.yaml" <<YAML
template:
  spec:
    nodeSelector: {kubernetes.io/hostname: k8s-node}
    containers: [{name: main, volumeMounts: [{name: data, mountPath: /data}]}]
    volumes: [{name: data, hostPath: {path: $SHARED}}]
YAML
  redis-server --port "$REDIS_PORT" --bind 127.0.0.1 "$ADDRESS" --protected-mode no --dir "$BATS_FILE_TMPDIR/redis" --save '' \
    --appendonly yes --appendfsync always --enable-debug-command local >"$BATS_FILE_TMPDIR/redis.log" 3>&- &
  echo $! >"$BATS_FILE_TMPDIR/redis.pid"
  until_true 20 redis PING
}
masters_end() { kill -KILL "$(cat "$BATS_FILE_TMPDIR/redis.pid")"; }

redis() { redis-cli -p "$REDIS_PORT" "$@"; }

# master NAME [OPTION…]: starts one. Its pid, output, log and exit status go to files of that name. Those with the same $INSTANCE are one master in
# several processes, and of those on the same $PORT one can serve at a time. $IN is what it is started by.
master() {
  local at=$BATS_TEST_TMPDIR/$1
  shift
  # shellcheck disable=SC2086  # words
  (
    while :; do
      ${IN-} node "$ROOT/bin/clic-master" --host 0.0.0.0 --allow-remote --port "$PORT" --http-port 0 --state-dir "$at" --executor kubernetes \
        --kubeconfig "$BATS_FILE_TMPDIR/kubeconfig" --stage-namespace "$NAMESPACE" --pod-template "$BATS_FILE_TMPDIR/pods.yaml" \
        --advertise "$ADDRESS" --instance "$INSTANCE" --lease "$INSTANCE" --store redis --redis-url "redis://$ADDRESS:$REDIS_PORT" \
        --redis-prefix "$INSTANCE:" "$@" >"$at.out" 2>>"$at.log" 3>&- &
      echo $! >"$at.pid"
      wait $! && echo 0 >"$at.status" || echo $? >"$at.status"
      [ -e "$at.kept" ] || break
      sleep 0.2
    done
  ) 3>&- &
  echo $! >"$at.keeper"
}

# kept_master NAME [OPTION…]: one that is started again whenever it ends, as Kubernetes does.
kept_master() {
  : >"$BATS_TEST_TMPDIR/$1.kept"
  master "$@"
}

# masters_kill: for teardown. All that the test has started.
masters_kill() {
  local keeper
  rm -f "$BATS_TEST_TMPDIR"/*.kept
  for keeper in "$BATS_TEST_TMPDIR"/*.keeper; do
    while kill -0 "$(cat "$keeper")" 2>/dev/null; do
      kill -KILL "$(cat "${keeper%.keeper}.pid")" 2>/dev/null || true
      sleep 0.1
    done
  done
}

tell() { kill "-$2" "$(cat "$BATS_TEST_TMPDIR/$1.pid")"; }
status_of() { cat "$BATS_TEST_TMPDIR/$1.status"; }
log_of() { cat "$BATS_TEST_TMPDIR/$1.log"; }

# leader_pid: the process that the Lease names; fails where it does not run.
leader_pid() {
  local holder
  holder=$(k get lease "$INSTANCE" --output 'jsonpath={.spec.holderIdentity}')
  holder=${holder#*_} holder=${holder%%_*}
  kill -0 "$holder" 2>/dev/null && echo "$holder"
}
kill_leader() { kill -KILL "$(leader_pid)"; }

# clic WORDS…: asks the master on $PORT, of $HOST where that is set, once.
clic() { CLIC_MASTER_HOST=${HOST:-127.0.0.1} CLIC_MASTER_PORT=$PORT CLIC_READ_RETRIES=0 node "$ROOT/bin/clic" "$@"; }
answers() { clic list --output name; }

# submit COUNT: a plan of so many stages. Sets TASK.
submit() {
  node "$BATS_TEST_DIRNAME/../lib/layered-plan.mjs" plan "$1" >"$BATS_TEST_TMPDIR/plan.yaml"
  TASK=$(clic submit plan "$BATS_TEST_TMPDIR/plan.yaml" --output name)
  [ -n "$TASK" ]
}
has_begun() { [ "$(grep -c "^start $TASK-" "$EFFECTS")" -ge "$1" ]; }
is_over() { clic list --output jsonl | grep "\"$TASK\"" | grep -q '"completeTime":"'; }

# ran_once COUNT: the task has completed, each of its stages once and in order, as one Job with one pod.
ran_once() {
  clic wait "$TASK" --timeout 200s >/dev/null
  clic stages "$TASK" --output json >"$BATS_TEST_TMPDIR/stages"
  node "$BATS_TEST_DIRNAME/../lib/layered-plan.mjs" check "$1" "$TASK" "$EFFECTS" <"$BATS_TEST_TMPDIR/stages"
  [ "$(k get jobs --selector "clic.fdu/task=$TASK" --output name | wc -l)" -eq "$1" ]
  [ "$(k get pods --selector "clic.fdu/task=$TASK" --output name | wc -l)" -eq "$1" ]
}
