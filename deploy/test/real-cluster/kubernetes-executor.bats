# clic-master on this machine runs stages as Jobs of the cluster.

load ../lib/tools
load ../lib/cluster

# An address of this machine that pods reach.
ADDRESS=172.30.255.1

setup_file() {
  cluster_begin
  ROOT=$(cd "$BATS_TEST_DIRNAME/../../.." && pwd)
  export ROOT CLIC_MASTER_HOST=127.0.0.1 STATE=$BATS_FILE_TMPDIR/state
  [ -e "$ROOT/dist/clic-master.cjs" ] || (cd "$ROOT" && npm run build)
  cat >"$BATS_FILE_TMPDIR/pods.yaml" <<'YAML'
template:
  spec:
    nodeSelector: {kubernetes.io/hostname: k8s-node}
YAML
  # The master reaches the API server over a connection that a test can take away.
  (cd "$BATS_FILE_TMPDIR" && free_port >port)
  proxy_start
  sed "s|server: .*|server: https://127.0.0.1:$(cat "$BATS_FILE_TMPDIR/port")|" "$KUBECONFIG" >"$BATS_FILE_TMPDIR/kubeconfig"
  chmod 600 "$BATS_FILE_TMPDIR/kubeconfig"
  master_start
}

teardown_file() {
  master_kill
  proxy_kill
  cluster_end
}

# master_start: starts a clic-master over the same state, and waits until it listens.
master_start() {
  : >"$BATS_FILE_TMPDIR/out"
  node "$ROOT/bin/clic-master" --host 0.0.0.0 --allow-remote --port 0 --state-dir "$STATE" --executor kubernetes --kubeconfig "$BATS_FILE_TMPDIR/kubeconfig" \
    --stage-namespace "$NAMESPACE" --pod-template "$BATS_FILE_TMPDIR/pods.yaml" --instance executor --advertise "$ADDRESS" \
    --max-retries 1 --retry-delay 100ms --stop-grace 1s >"$BATS_FILE_TMPDIR/out" 2>>"$BATS_FILE_TMPDIR/log" 3>&- &
  echo $! >"$BATS_FILE_TMPDIR/pid"
  until_true 30 grep -q 'listening on' "$BATS_FILE_TMPDIR/out"
}
free_port() { node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })'; }

# proxy_start: hands connections on to the API server, until proxy_kill.
proxy_start() {
  node -e '
    const net = require("net"), [port, server] = process.argv.slice(1);
    const { hostname: host, port: to } = new URL(server);
    net.createServer((from) => {
      const on = net.connect(Number(to), host);
      from.pipe(on).pipe(from);
      for (const socket of [from, on]) socket.on("error", () => { from.destroy(); on.destroy(); });
    }).listen(Number(port), "127.0.0.1");
  ' "$(cat "$BATS_FILE_TMPDIR/port")" "$(sed -n 's/.*server: //p' "$KUBECONFIG")" 3>&- &
  echo $! >"$BATS_FILE_TMPDIR/proxy"
}
proxy_kill() { kill -9 "$(cat "$BATS_FILE_TMPDIR/proxy")"; }

master_kill() { kill -9 "$(cat "$BATS_FILE_TMPDIR/pid")"; }

clic() { CLIC_MASTER_PORT=$(sed -n 's/.*://p' "$BATS_FILE_TMPDIR/out") node "$ROOT/bin/clic" "$@"; }

# plan NAME CONTAINER [TEMPLATE-FIELDS]: a plan of one stage whose container and template have these fields, as YAML between braces.
plan() {
  cat >"$BATS_FILE_TMPDIR/$1.yaml" <<YAML
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {generateName: $1-}
spec:
  entrypoint: main
  templates:
  - {name: it, container: {image: busybox, $2}${3:+, $3}}
  - {name: main, dag: {tasks: [{name: it, template: it}]}}
YAML
  echo "$BATS_FILE_TMPDIR/$1.yaml"
}

# submit PLAN-FILE: sets TASK and STAGE.
submit() {
  TASK=$(clic submit "$(basename "$1" .yaml)" "$1" 2>/dev/null | sed -n 's/.*task: //p')
  STAGE=$TASK-it-1
  [ "$TASK" != '' ]
}

stage_says() { clic stages "$TASK" -o json | tee "$BATS_TEST_TMPDIR/stages" | grep -E -- "$1"; }
task_ends() { clic wait "$TASK" --timeout 120s >/dev/null 2>&1 || true; }
runs() { k logs "job/$1" | grep -q up; }

@test 'stages run one after the other, each as a Job in its image, and their output is there' {
  cat >"$BATS_FILE_TMPDIR/two.yaml" <<'YAML'
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {generateName: two-}
spec:
  entrypoint: main
  templates:
  - {name: a, container: {image: busybox, command: [/bin/sh, -c], args: ['echo "$CLIC_STAGE_ID $$ at $CLIC_MASTER_HOST"']}}
  - {name: b, container: {image: busybox, command: [echo], args: [then, $(date), '$(WHO)'], env: [{name: WHO, value: me}]}}
  - name: main
    dag:
      tasks: [{name: a, template: a}, {name: b, template: b, dependencies: [a]}]
YAML
  run clic submit two "$BATS_FILE_TMPDIR/two.yaml" --wait
  echo "$output"
  [ "$status" = 0 ]
  task=$(sed -n 's/.*task: //p' <<<"$output")
  [ "$(k logs "job/$task-a-1")" = "$task-a-1 1 at $ADDRESS" ]
  # shellcheck disable=SC2016  # nobody is to put something in its place
  [ "$(k logs "job/$task-b-2")" = 'then $(date) me' ]
}

@test 'a program that fails tells its exit code, and its log outlives its pod' {
  submit "$(plan fails 'command: [/bin/sh, -c], args: ["echo why; exit 3"]')"
  task_ends
  stage_says 'exited with code 3'
  [ "$(cat "$STATE/logs/$TASK/$STAGE/1.log")" = why ]
  k get job "$STAGE-a2"
}

@test 'a program that takes too much memory is said to have' {
  submit "$(plan greedy 'command: [tail, /dev/zero], resources: {limits: {memory: 32Mi}}')"
  task_ends
  stage_says 'SIGKILL .OOMKilled'
}

@test 'an image that is missing is told within seconds' {
  file=$(plan noimage 'command: ["true"]')
  sed -i 's|image: busybox|image: "clic-test.example/none:1"|' "$file"
  submit "$file"
  until_true 20 stage_says 'ErrImagePull|ImagePullBackOff'
}

@test 'a pod for which no node has room is told' {
  submit "$(plan big 'command: ["true"], resources: {requests: {cpu: "1000"}}')"
  until_true 20 stage_says 'Insufficient cpu'
}

@test 'a config map that is missing is told' {
  submit "$(plan config 'command: ["true"], env: [{name: X, valueFrom: {configMapKeyRef: {name: none, key: k}}}]')"
  until_true 20 stage_says 'configmap .*none.* not found'
}

@test 'a quota that is used up is told' {
  k create quota none --hard=count/pods=0,pods=0
  submit "$(plan quota 'command: ["true"]')"
  until_true 20 stage_says 'exceeded quota' || {
    k delete quota none
    false
  }
  k delete quota none
}

@test 'a pod that PodSecurity refuses is told' {
  kubectl label namespace "$NAMESPACE" pod-security.kubernetes.io/enforce=restricted
  submit "$(plan security 'command: ["true"]')"
  until_true 20 stage_says 'violates PodSecurity' || {
    kubectl label namespace "$NAMESPACE" pod-security.kubernetes.io/enforce-
    false
  }
  kubectl label namespace "$NAMESPACE" pod-security.kubernetes.io/enforce-
}

@test 'a stage that does not heed SIGTERM is stopped when its time is over' {
  submit "$(plan stubborn 'command: [/bin/sh, -c], args: ["trap : TERM; echo up; while :; do sleep 1; done"]' 'activeDeadlineSeconds: 5, retryStrategy: {limit: 0}')"
  task_ends
  stage_says 'ran longer than its activeDeadlineSeconds'
  run k get pods --selector "clic.fdu/stage=$STAGE" --output name
  [ "$output" = '' ]
}

# shellcheck disable=SC2016  # for the shell in the pod
UNTIL_SECOND='command: [/bin/sh, -c], args: ["trap '"'exit 143'"' TERM; echo up; [ $CLIC_ATTEMPT = 1 ] || exit 0; while :; do sleep 0.2; done"]'

@test 'a Job that is deleted by hand is lost, and run again' {
  submit "$(plan jobgone "$UNTIL_SECOND")"
  cluster_within 60 runs "$STAGE"
  k delete job "$STAGE" --wait=false
  until_true 60 stage_says 'its Job was deleted'
  clic wait "$TASK" --timeout 60s
}

@test 'a pod that is evicted is run again, without a retry' {
  submit "$(plan evicted "$UNTIL_SECOND" 'retryStrategy: {limit: 0}')"
  cluster_within 60 runs "$STAGE"
  pod=$(k get pods --selector "clic.fdu/stage=$STAGE" --output 'jsonpath={.items[0].metadata.name}')
  evict "$pod"
  clic wait "$TASK" --timeout 60s
  [ "$(k get jobs --selector "clic.fdu/stage=$STAGE" --output name | wc -l)" = 2 ]
}

@test 'a master that is killed follows the Jobs that run, and makes none twice' {
  submit "$(plan followed 'command: [/bin/sh, -c], args: ["echo up; sleep 8"]' 'retryStrategy: {limit: 0}')"
  cluster_within 60 runs "$STAGE"
  master_kill
  master_start
  clic wait "$TASK" --timeout 60s
  [ "$(k get jobs --selector "clic.fdu/task=$TASK" --output name)" = "job.batch/$STAGE" ]
  [ "$(k get pods --selector "clic.fdu/task=$TASK" --output name | wc -l)" = 1 ]
}

@test 'a Job that ended, or was deleted, while no master was there is told for what it is' {
  submit "$(plan ended 'command: [/bin/sh, -c], args: ["echo up; sleep 4"]' 'retryStrategy: {limit: 0}')"
  ended=$TASK
  cluster_within 60 runs "$STAGE"
  submit "$(plan deleted "$UNTIL_SECOND" 'retryStrategy: {limit: 0}')"
  cluster_within 60 runs "$STAGE"
  master_kill
  k delete job "$STAGE"
  cluster_within 60 job_is_over "$ended-it-1"
  master_start
  clic wait "$ended" --timeout 60s
  # What is lost with its master costs no retry the first time.
  clic wait "$TASK" --timeout 60s
  k get job "$STAGE-a2"
}

@test 'while the API server is away nothing fails, and what is to be done is done when it is back' {
  submit "$(plan before 'command: [/bin/sh, -c], args: ["echo up; sleep 4"]' 'retryStrategy: {limit: 0}')"
  before=$TASK
  cluster_within 60 runs "$STAGE"
  proxy_kill
  submit "$(plan away 'command: [echo, up]' 'retryStrategy: {limit: 0}')"
  until_true 30 stage_says 'the API server'
  cluster_within 60 job_is_over "$before-it-1"
  proxy_start
  clic wait "$before" --timeout 60s
  clic wait "$TASK" --timeout 60s
  [ "$(k get pods --selector "clic.fdu/task in ($before, $TASK)" --output name | wc -l)" = 2 ]
}

@test 'a plan that mounts a secret, a folder of the node or another service account is refused' {
  for volume in 'secret: {secretName: redis-auth}' 'hostPath: {path: /}'; do
    run clic submit forbidden "$(plan forbidden 'command: ["true"], volumeMounts: [{name: x, mountPath: /x}]' "volumes: [{name: x, $volume}]")"
    echo "$output"
    [ "$status" -ne 0 ]
    grep -E 'the secret redis-auth|the folder / of the node' <<<"$output"
  done
  run clic submit forbidden "$(plan forbidden 'command: ["true"]' 'serviceAccountName: admin')"
  [ "$status" -ne 0 ]
  grep 'the service account admin' <<<"$output"
}
