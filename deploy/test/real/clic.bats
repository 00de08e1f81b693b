# What is rendered for clic-master and clic-shell, on the real programs of this repository.

load ../lib/tools
load ../lib/clic

setup_file() {
  command -v node >/dev/null || return 0
  node "$BATS_TEST_DIRNAME/../../../src/dev/setup.mjs"
}

setup() {
  need node kustomize python3
  DEPLOY_DIR=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
  export CLIC_ENV=$BATS_TEST_TMPDIR/env
  printf 'REGISTRY=registry.example/clic\nCLIC_MASTER_MAX_RUNNING=3\n' >"$CLIC_ENV"
  "$DEPLOY_DIR/deploy.sh" render "$BATS_TEST_TMPDIR/rendered" clic-master clic-shell
  clic_pods_begin "$BATS_TEST_TMPDIR/rendered"
}

teardown() { clic_pods_end; }

@test "the deployment's own tests pass, and leave nothing on the shared folder" {
  master_start
  run "$DEPLOY_DIR/deploy.sh" test clic-master clic-shell
  echo "$output"
  [ "$status" -eq 0 ]
  [ "$(grep -c '^pass' <<<"$output")" -eq 3 ]
  grep -q 'rm -rf /data/clic-deploy-test-' "$POD/kubectl.log"
  [ -z "$(ls -A "$POD/data")" ]
}

@test "without a master the deployment's own tests fail, and leave nothing on the shared folder" {
  run "$DEPLOY_DIR/deploy.sh" test clic-master clic-shell
  [ "$status" -eq 3 ]
  [ "$(grep -c '^FAIL' <<<"$output")" -eq 3 ]
  grep -q 'mkdir /data/clic-deploy-test-' "$POD/kubectl.log"
  [ -z "$(ls -A "$POD/data")" ]
}

@test "a plan that gives something else fails the deployment's own test" {
  master_start
  printf '#!/bin/sh\necho 7\n' >"$POD/bin/seq"
  chmod +x "$POD/bin/seq"
  run "$DEPLOY_DIR/deploy.sh" test clic-shell
  [ "$status" -eq 3 ]
  [[ $output == *"gave '7', not 5050"* ]]
  [ -z "$(ls -A "$POD/data")" ]
}

@test "the settings of the ConfigMap are what clic-master is started with" {
  master_start
  tr '\0' '\n' <"/proc/$MASTER_PID/cmdline" >"$POD/cmdline"
  grep -Fx -- --max-running=3 "$POD/cmdline"
  grep -Fx -- --max-retries=3 "$POD/cmdline"
  grep -Fx -- --stop-grace=10s "$POD/cmdline"
  # shellcheck disable=SC2016  # what Kubernetes would have replaced
  run grep -F '$(' "$POD/cmdline"
  [ "$status" -eq 1 ]
  tr '\0' '\n' <"/proc/$MASTER_PID/environ" | grep -Fx CLIC_MASTER_MAX_PLAN_BYTES=4MiB
}

@test "a limit in the ConfigMap holds" {
  sed -i 's/CLIC_MASTER_MAX_PLAN_BYTES: 4MiB/CLIC_MASTER_MAX_PLAN_BYTES: 64B/' "$RENDERED/clic-master.yaml"
  master_start
  run "$DEPLOY_DIR/deploy.sh" test clic-shell
  [ "$status" -eq 3 ]
  [[ $output == *64* ]]
}

@test "the probes of clic-master fail when it does not answer" {
  master_start
  probe livenessProbe
  kill -KILL "$MASTER_PID"
  wait_until gone "$MASTER_PID"
  run probe livenessProbe
  [ "$status" -ne 0 ]
  run probe startupProbe
  [ "$status" -ne 0 ]
}

# A plan of one stage that ignores the signal to end, and tells its process.
stubborn_plan() {
  one_stage_plan "trap \"\" TERM; echo \$\$ >$POD/data/stage.pid; while true; do sleep 1; done" '      outputs: {artifacts: [{name: out, path: out.txt}]}' \
    >"$POD/data/plan.yaml"
}

@test "SIGTERM ends clic-master within the pod's grace, and the stage that runs with it" {
  stubborn_plan
  # shellcheck disable=SC2016  # as it is in the ConfigMap
  sed -i 's/CLIC_MASTER_STOP_GRACE: "10s"/CLIC_MASTER_STOP_GRACE: "1s"/' "$RENDERED/clic-master.yaml"
  master_start
  in_clic_shell clic -submit stubborn "$POD/data/plan.yaml"
  wait_until test -s "$POD/data/stage.pid"
  kill -TERM "$MASTER_PID"
  wait_until gone "$MASTER_PID"
  status=0
  wait "$MASTER_PID" || status=$?
  cat "$POD/log"
  [ "$status" -eq 0 ]
  wait_until gone "$(cat "$POD/data/stage.pid")"
}

@test "the pod's grace is longer than what a stage may take to end, with room for the connections" {
  [ "$(yaml_query "one('Deployment', 'clic-master').spec.template.spec.terminationGracePeriodSeconds * 1000 >
    parseInt(one('ConfigMap', 'clic-master-config').data.CLIC_MASTER_STOP_GRACE) * 1000 + 20000" <"$RENDERED/clic-master.yaml")" = true ]
}

@test "clic reads the rendered master-info.config as it is meant" {
  config_file master-info master-info.config >"$POD/etc/master-info.config"
  in_clic_shell clic config --output json >"$POD/config.json"
  node -e '
    const { options } = JSON.parse(require("fs").readFileSync(0, "utf8"));
    const told = Object.fromEntries(options.map(({ name, value }) => [name, value]));
    console.log(JSON.stringify(told));
  ' <"$POD/config.json" >"$POD/told"
  cat "$POD/told"
  grep -q '"clic-master-svc"' "$POD/told"
  grep -q 7777 "$POD/told"
  grep -q '"http://hdfs-httpfs:14000"' "$POD/told"
}

# shell_probe: the startup probe of clic-shell, placed.
shell_probe() {
  local -a command
  mapfile -t command < <(yaml_query "one('Deployment', 'clic-shell').spec.template.spec.containers[0].startupProbe.exec.command.join('\n')" \
    <"$RENDERED/clic-shell.yaml" | pod_place)
  in_clic_shell "${command[@]}"
}

@test "clic-shell counts as started when clic takes its configuration and the shared folder is there" {
  shell_probe
  rmdir "$POD/data"
  run shell_probe
  [ "$status" -ne 0 ]
  mkdir "$POD/data"
  echo '[section]' >>"$POD/etc/master-info.config"
  run shell_probe
  [ "$status" -ne 0 ]
}

# shellcheck disable=SC2016  # for the inner bash
@test "bash in clic-shell completes clic" {
  in_clic_shell bash -i -c 'complete -p clic' 2>/dev/null | grep -q -- '-F _clic_completions clic'
  in_clic_shell bash -i -c 'COMP_WORDS=(clic su) COMP_CWORD=1; _clic_completions; printf "%s\n" "${COMPREPLY[@]}"' 2>/dev/null >"$POD/candidates"
  grep -qx submit "$POD/candidates"
  grep -qx suspend "$POD/candidates"
}

# resident [PROGRAM…]: starts the first process of clic-shell, as one that inherits what others leave behind.
resident() {
  setsid python3 -c '
import ctypes, os, sys
PR_SET_CHILD_SUBREAPER = 36
if ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0: sys.exit("prctl")
if len(sys.argv) > 2: os.spawnvp(os.P_NOWAIT, sys.argv[2], sys.argv[2:])
os.execvp("bash", ["bash", sys.argv[1]])
' "$POD/etc/resident.sh" "$@" </dev/null >"$POD/log" 2>&1 3>&- &
  RESIDENT_PID=$!
  echo "$RESIDENT_PID" >"$POD/resident.pid"
}

# rests PID: it is bash and waits with a child.
rests() {
  local -a children
  read -ra children <"/proc/$1/task/$1/children"
  [ "$(cat "/proc/$1/comm")" = bash ] && [ "${#children[@]}" -eq 1 ] && [ "$(cat "/proc/${children[0]}/comm")" = sleep ]
}

@test "clic-shell ends at once when it is told to" {
  resident
  wait_until rests "$RESIDENT_PID"
  before=$SECONDS
  kill -TERM "$RESIDENT_PID"
  wait_until gone "$RESIDENT_PID"
  status=0
  wait "$RESIDENT_PID" || status=$?
  [ "$status" -eq 0 ]
  [ $((SECONDS - before)) -lt 8 ]
}

@test "clic-shell keeps no dead processes that sessions left behind" {
  # Its parent ends first, and its number is written down before.
  resident sh -c "(sh -c 'echo \$\$ >$POD/orphan; exec sleep 0.5' &)"
  wait_until test -s "$POD/orphan"
  orphan=$(cat "$POD/orphan")
  wait_until test ! -e "/proc/$orphan"
  wait_until rests "$RESIDENT_PID"
}
