# shellcheck shell=bash
# How deploy.sh tests clic-master: by calls from clic-shell, as its users make them.

component_test() {
  step 'clic -list_task in clic-shell is answered by clic-master-svc:7777' master_lists_tasks
  if is_jobs; then step 'a forked plan of Jobs completes though its master is killed, and no stage is run twice' plan_outlives_master; fi
}

master_lists_tasks() {
  if ! exists deployment clic-shell; then
    fail 'only clic-shell may call clic-master, and it is not installed: deploy.sh up clic-shell'
  fi
  in_pod deployment/clic-shell --container clic-shell -- clic -list_task --master-host clic-master-svc --master-port 7777
}

# A step is a shell of its own: what plan_begin traps ends with it.
plan_outlives_master() {
  local task stages result leader
  plan_begin "$COMPONENT_DIR/config/jobs/plan.yaml"
  task=$(in_shell clic -submit deploy-test "$PLAN_FOLDER/plan.yaml" --output name)
  within_seconds 180 fork_runs || fail "task $task has not come to its fork: see clic stages $task"
  leader=$(leading_pod)
  [ -n "$leader" ] || fail 'no pod of clic-master is Ready'
  kube_wait delete pod "$leader" --now >/dev/null
  within_seconds 60 in_shell clic -list_task >/dev/null || fail "no other clic-master has taken over from $leader within 60 s"
  in_shell clic wait "$task" --timeout "$PLAN_TIMEOUT" >/dev/null
  stages=$(in_shell clic stages "$task" --output name)
  result=$(in_shell clic -stage_result "$(tail -n 1 <<<"$stages")" 10)
  [ "$result" = "$PLAN_RESULT" ] || fail "task $task gave '$result', not $PLAN_RESULT"
  result=$(in_shell sort "$PLAN_FOLDER/runs")
  [ "$result" = $'high\nlow\nnumbers\nsum' ] || fail "these stages of $task were run: ${result//$'\n'/ }"
}

fork_runs() { [ "$(in_shell cat "$PLAN_FOLDER/runs" 2>/dev/null | grep -cE '^(low|high)$')" -eq 2 ]; }

leading_pod() {
  kube get pods --selector app.kubernetes.io/name=clic-master --output 'jsonpath={range .items[*]}{.metadata.name} {.status.containerStatuses[0].ready}{"\n"}{end}' |
    awk '$2 == "true" {print $1; exit}'
}

# within_seconds SECONDS COMMAND…: tries until it succeeds.
within_seconds() {
  local end=$((SECONDS + $1))
  shift
  until "$@"; do
    [ "$SECONDS" -lt "$end" ] || return 1
    sleep 1
  done
}
