# Which of two masters serves: by a Lease of the real API server. Both run on this machine, each with a state of its own.

load ../lib/tools
load ../lib/cluster

setup_file() {
  cluster_begin
  export MASTER=$BATS_TEST_DIRNAME/../../../bin/clic-master
  export KUBECONFIG_HERE=$BATS_FILE_TMPDIR/kubeconfig
  cp "$KUBECONFIG" "$KUBECONFIG_HERE"
  kubectl --kubeconfig "$KUBECONFIG_HERE" config set-context --current --namespace "$NAMESPACE" >/dev/null
}
teardown_file() { cluster_end; }

setup() {
  k delete lease --all >/dev/null
  start_master a
  cluster_within 20 serves a
  start_master b
  cluster_within 20 stands_by b
}

teardown() {
  local name
  for name in a b; do kill -KILL "$(cat "$BATS_TEST_TMPDIR/$name.pid")" 2>/dev/null || true; done
}

# start_master NAME: its pid, log and exit status go to files of that name.
start_master() {
  local at=$BATS_TEST_TMPDIR/$1
  (
    "$MASTER" --port 0 --http-port 0 --state-dir "$at" --leader-election kubernetes --kubeconfig "$KUBECONFIG_HERE" >"$at.out" 2>"$at.log" 3>&- &
    echo $! >"$at.pid"
    wait $! && echo 0 >"$at.status" || echo $? >"$at.status"
  ) 3>&- &
}

serves() { grep -q 'is listening on' "$BATS_TEST_TMPDIR/$1.out" && [ "$(page "$1" readyz)" = ok ]; }
stands_by() { [[ $(page "$1" readyz) == standby:* ]] && [ "$(page "$1" livez)" = ok ]; }
page() { curl --silent --max-time 5 "$(grep -om1 'http://[0-9.:]*/' "$BATS_TEST_TMPDIR/$1.log")$2"; }
tell() { kill "-$2" "$(cat "$BATS_TEST_TMPDIR/$1.pid")"; }
status_of() { cat "$BATS_TEST_TMPDIR/$1.status" 2>/dev/null; }
has_ended() { [ -n "$(status_of "$1")" ]; }

@test 'one serves and the other stands by, alive and not ready' {
  [ -z "$(cat "$BATS_TEST_TMPDIR/b.out")" ]
  [[ $(k get lease clic-master --output 'jsonpath={.spec.holderIdentity}') == *_"$(cat "$BATS_TEST_TMPDIR/a.pid")"_* ]]
  [[ $(page b metrics) == *'clic_master_leader 0'* ]]
}

@test 'a leader that is killed is followed within 15 seconds' {
  tell a KILL
  cluster_within 15 serves b
}

@test 'a leader that is stopped ends well, and is followed within 5 seconds' {
  tell a TERM
  cluster_within 5 serves b
  cluster_within 5 has_ended a
  [ "$(status_of a)" = 0 ]
}

@test 'a standby that is stopped ends well, and leaves the leader alone' {
  tell b TERM
  cluster_within 5 has_ended b
  [ "$(status_of b)" = 0 ]
  serves a
}

@test 'a leader that was frozen notices that another one leads, and ends with 1' {
  tell a STOP
  cluster_within 15 serves b
  tell a CONT
  cluster_within 5 has_ended a
  [ "$(status_of a)" = 1 ]
  grep 'leads no more' "$BATS_TEST_TMPDIR/a.log"
  serves b
}
