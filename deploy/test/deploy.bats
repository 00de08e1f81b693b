# deploy.sh itself, with two small components of our own and a stubbed cluster.

setup() {
  load lib/tools
  load lib/stubs
  need kustomize helm node
  stubs_begin kubectl helm showmount docker
  DEPLOY_DIR=$BATS_TEST_TMPDIR/deploy
  mkdir -p "$DEPLOY_DIR"
  cp -r "$BATS_TEST_DIRNAME/../lib" "$BATS_TEST_DIRNAME/../deploy.sh" "$BATS_TEST_DIRNAME/../values.table" "$BATS_TEST_DIRNAME/../namespace" -t "$DEPLOY_DIR"
  cp -r "$BATS_TEST_DIRNAME/lib/fixture/." "$DEPLOY_DIR"
  ENV=$BATS_TEST_TMPDIR/clic.env
  printf 'REDIS_GREETING=hello\n' >"$ENV"
}

deploy() { "$DEPLOY_DIR/deploy.sh" "$@" --env "$ENV" </dev/null; }

@test 'up a second time changes nothing' {
  second_run_changes_nothing "$DEPLOY_DIR/deploy.sh" up --env "$ENV"
  [ "$(kubectl -n argo get configmap greeting -o 'jsonpath={.data.text}')" = hello ]
  [ "$(cat "$STUB_STATE/helm/argo/hdfs/revision")" = 1 ]
}

@test 'whatever fails stops up with a message, and a second up succeeds' {
  every_failure_stops_and_rerun_succeeds "$DEPLOY_DIR/deploy.sh" up --env "$ENV"
}

@test 'a changed value reaches the cluster, plain manifests and charts alike' {
  deploy up
  printf 'REDIS_GREETING=moin\n' >"$ENV"
  deploy up
  [ "$(kubectl -n argo get configmap greeting -o 'jsonpath={.data.text}')" = moin ]
  [ "$(kubectl -n argo get configmap chart -o 'jsonpath={.data.text}')" = moin ]
  [ "$(cat "$STUB_STATE/helm/argo/hdfs/revision")" = 2 ]
}

@test 'a release that another helm is changing stops up before the chart is touched' {
  deploy up
  stub_answer helm '*list --pending*' <<<hdfs
  run deploy up hdfs
  [ "$status" -eq 1 ]
  [[ $output == *'is being changed by another helm'* ]]
}

@test 'a generated secret stays over upgrades and down, and is in no call' {
  local before
  deploy up
  before=$(kubectl -n argo get secret greeting-auth -o 'jsonpath={.data.password}' | base64 -d)
  [ "${#before}" -eq 64 ]
  deploy down --yes
  deploy up
  [ "$(kubectl -n argo get secret greeting-auth -o 'jsonpath={.data.password}' | base64 -d)" = "$before" ]
  run grep -F "$before" "$STUB_LOG"
  [ "$status" -eq 1 ]
}

@test 'up of one component makes the namespace first' {
  deploy up redis
  [ "$(kubectl get namespace argo -o name)" = namespace/argo ]
  [ "$(kubectl -n argo get configmap greeting -o name)" = configmap/greeting ]
}

@test 'a dry run changes nothing, with or without the namespace' {
  local verb
  for verb in 'up' 'up redis' 'test' 'down --delete-data' "render $BATS_TEST_TMPDIR/none"; do
    # shellcheck disable=SC2086  # words
    deploy $verb --dry-run
    [ -z "$(changes)" ]
  done
  [ ! -e "$BATS_TEST_TMPDIR/none" ]
  deploy up
  : >"$STUB_LOG"
  printf 'REDIS_GREETING=moin\n' >"$ENV"
  for verb in 'up' 'up redis' 'test' 'down --delete-data'; do
    # shellcheck disable=SC2086  # words
    deploy $verb --dry-run
    [ -z "$(changes)" ]
  done
}

@test 'diff tells by its status whether up would change something, and changes nothing' {
  run deploy diff
  [ "$status" -eq 1 ]
  [ -z "$(changes)" ]
  deploy up
  run deploy diff
  [ "$status" -eq 0 ]
  printf 'REDIS_GREETING=moin\n' >"$ENV"
  run deploy diff redis
  [ "$status" -eq 1 ]
}

@test 'a diff that can not be told is an error, not a difference' {
  deploy up
  stub_answer kubectl '*diff*' 2 <<<''
  run deploy diff redis
  [ "$status" -eq 1 ]
  [[ $output == *'could not be told'* ]]
}

@test 'down keeps data and namespace, and a second down changes nothing' {
  deploy up
  deploy down --yes
  [ -z "$(kubectl -n argo get configmap greeting --ignore-not-found -o name)" ]
  [ -n "$(kubectl -n argo get secret greeting-auth -o name)" ]
  [ -n "$(kubectl get namespace argo -o name)" ]
  : >"$STUB_LOG"
  deploy down --yes
  [ -z "$(changes)" ]
}

@test 'down --delete-data removes secrets and namespace too' {
  deploy up
  deploy down redis --delete-data --yes
  [ -z "$(kubectl -n argo get secret greeting-auth --ignore-not-found -o name)" ]
  deploy down --delete-data --yes
  [ -z "$(kubectl get namespace argo --ignore-not-found -o name)" ]
}

@test 'down without --yes is refused when there is no terminal' {
  deploy up
  : >"$STUB_LOG"
  run deploy down
  [ "$status" -eq 2 ]
  [[ $output == *'say --yes'* ]]
  [ -z "$(changes)" ]
}

@test 'down asks on a terminal, and no is no' {
  need script
  deploy up
  : >"$STUB_LOG"
  run timeout 30 script -qec "'$DEPLOY_DIR/deploy.sh' down redis --env '$ENV'" /dev/null <<<'n'
  [ "$status" -eq 2 ]
  [[ $output == *'continue? [y/N]'* ]]
  [ -z "$(changes)" ]
  run timeout 30 script -qec "'$DEPLOY_DIR/deploy.sh' down redis --env '$ENV'" /dev/null <<<'y'
  [ "$status" -eq 0 ]
  [ -n "$(changes)" ]
}

@test 'a failed test gives status 3, and the other tests are run' {
  deploy up
  run deploy test
  [ "$status" -eq 0 ]
  [[ $output == *'pass  redis: the greeting is there'* ]]
  kubectl -n argo delete configmap greeting
  run deploy test
  [ "$status" -eq 3 ]
  [[ $output == *'FAIL  redis: the greeting is there'* ]]
  [[ $output == *'pass  redis: a second step'* ]]
  [[ $output == *'pass  hdfs: the chart is there'* ]]
}

@test 'wrong words, values, context, cluster or tools give one line and status 2, and nothing is asked of the cluster' {
  local words
  for words in 'upp' 'up nonsense' 'up --nonsense' 'render' 'doctor redis' 'up --delete-data' 'example redis' 'up --env'; do
    # shellcheck disable=SC2086  # words
    run "$DEPLOY_DIR/deploy.sh" $words
    [ "$status" -eq 2 ]
    [ "${#lines[@]}" -eq 1 ]
  done
  run "$DEPLOY_DIR/deploy.sh" up --env /nonexistent
  [ "$status" -eq 2 ]
  [ "${#lines[@]}" -eq 1 ]
  printf 'NAMESPACE=argo\n' >"$ENV"
  run deploy up
  [ "$status" -eq 2 ]
  [[ $output == *'REDIS_GREETING is not set'* ]]
  [ -z "$(changes)" ]
}

@test 'a wrong context, none, or a cluster that does not answer gives status 2 and changes nothing' {
  printf 'REDIS_GREETING=a\nKUBE_CONTEXT=other\n' >"$ENV"
  run deploy up
  [ "$status" -eq 2 ]
  [[ $output == *'no context other'* ]]
  printf 'REDIS_GREETING=a\n' >"$ENV"
  STUB_CONTEXT='' run deploy up
  [ "$status" -eq 2 ]
  [[ $output == *'no current context'* ]]
  stub_answer kubectl '*version --output json' 1 <<<''
  run deploy up
  [ "$status" -eq 2 ]
  [[ $output == *'does not answer'* ]]
  [ -z "$(changes)" ]
}

@test 'without kubectl or helm, one line says so' {
  local tool folder=$BATS_TEST_TMPDIR/few
  mkdir "$folder"
  for tool in bash dirname cat kustomize mktemp cp rm mkdir grep sed tail; do ln -s "$(command -v "$tool")" "$folder/$tool"; done
  PATH=$folder run "$DEPLOY_DIR/deploy.sh" up hdfs --env "$ENV"
  [ "$status" -eq 2 ]
  [[ $output == 'error: helm is not installed: '* ]]
  PATH=$folder run "$DEPLOY_DIR/deploy.sh" up redis --env "$ENV"
  [ "$status" -eq 2 ]
  [[ $output == 'error: kubectl is not installed: '* ]]
}

@test 'render writes a file for each component without a cluster' {
  deploy render "$BATS_TEST_TMPDIR/out"
  [ "$(find "$BATS_TEST_TMPDIR/out" -type f -printf '%f\n' | sort | xargs)" = 'hdfs.yaml namespace.yaml redis.yaml' ]
  grep -q 'text: hello' "$BATS_TEST_TMPDIR/out/redis.yaml"
  [ -z "$(calls kubectl)" ]
}

@test 'doctor says what is right and wrong, and what to do' {
  stub_answer kubectl '*get storageclasses*' <<<'fast true'
  run deploy doctor
  echo "$output"
  [ "$status" -eq 0 ]
  [[ $output == *'ok    cluster: context stub'* ]]
  [[ $output == *'ok    kubectl 1.35 and server 1.35 go together'* ]]
  [ -z "$(changes)" ]
  stub_answer kubectl '*auth can-i create secrets' 1 <<<no
  printf '\n' >"$ENV"
  STUB_KUBE_VERSION=v1.28.0 run deploy doctor
  [ "$status" -eq 1 ]
  [[ $output == *'BAD   values of redis: REDIS_GREETING is not set'* ]]
  [[ $output == *'BAD   Kubernetes 1.28: '* ]]
  [[ $output == *'BAD   permission to create secrets in argo'* ]]
  STUB_CONTEXT='' run deploy doctor
  [ "$status" -eq 1 ]
  [[ $output == *'BAD   cluster: kubectl has no current context'* ]]
}
