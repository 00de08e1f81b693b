# The chart's own command lines, environments, scripts and configuration, on a real master and worker (PyPI's pyspark).
# setup_file starts a cluster for the tests that only ask it; those that stop something start their own.

load ../lib/tools
load ../lib/spark

setup_file() {
  ready || return 0
  render_spark "$BATS_FILE_TMPDIR/rendered"
  spark_pods "$BATS_FILE_TMPDIR/pods" "$BATS_FILE_TMPDIR/rendered/spark.yaml"
  cluster_start
}

teardown_file() { pods_end; }

setup() {
  need helm python3 curl java spark-submit timeout
  DEPLOY=$BATS_TEST_DIRNAME/../..
}

ready() {
  local tool
  for tool in helm python3 curl java spark-submit timeout; do command -v "$tool" >/dev/null || return 1; done
}

# render_spark FOLDER: the rendering that an operator gets, with a web port that is not the default.
render_spark() {
  printf '%s\n' SPARK_WEB_PORT=8090 SPARK_WORKER_CORES=2 SPARK_WORKER_MEMORY=2Gi SPARK_WORKERS=1 >"$BATS_FILE_TMPDIR/env"
  export CLIC_ENV=$BATS_FILE_TMPDIR/env
  "$BATS_TEST_DIRNAME/../../deploy.sh" render "$1" spark
}

# own_cluster: a second master and worker, for this test alone.
own_cluster() {
  spark_pods "$BATS_TEST_TMPDIR/pods" "$BATS_FILE_TMPDIR/rendered/spark.yaml"
  cluster_start
}

teardown() { if [ "${PODS:-}" = "$BATS_TEST_TMPDIR/pods" ]; then pods_end; fi; }

# The chart's example, in the master's pod.
submit() {
  "$PODS/bin/kubectl" exec deployment/spark-master --container master -- sh /etc/spark/pi.sh spark://spark-master-svc:7077
}

@test "the deployment's own test passes: a job is computed, and one with another secret is refused" {
  PATH=$PODS/bin:$PATH run "$DEPLOY/deploy.sh" test spark
  echo "$output"
  [ "$status" -eq 0 ]
  [ "$(grep -c '^pass' <<<"$output")" -eq 2 ]
}

@test "the deployment's own test fails where no secret is asked for" {
  spark_pods "$BATS_TEST_TMPDIR/pods" "$BATS_FILE_TMPDIR/rendered/spark.yaml"
  sed -i 's/^spark.authenticate true$/spark.authenticate false/' "$PODS"/*/etc/spark-defaults.conf
  cluster_start
  PATH=$PODS/bin:$PATH run "$DEPLOY/deploy.sh" test spark
  echo "$output"
  [ "$status" -eq 3 ]
  [[ $output == *'FAIL  spark: a job with another secret is refused'* ]]
}

@test "a driver that has no secret is refused" {
  mkdir "$BATS_TEST_TMPDIR/empty"
  run env "SPARK_HOME=$(spark_home)" "SPARK_CONF_DIR=$BATS_TEST_TMPDIR/empty" timeout 60 spark-submit --master "spark://127.0.0.1:$RPC_PORT" \
    --deploy-mode cluster --class no.such.Class file:///no-such.jar
  echo "$output"
  [ "$status" -ne 0 ]
  [ "$status" -ne 124 ]
  [[ $output == *spark.rpc* ]]
  [[ $output != *'successfully submitted'* ]]
}

@test "the web UI is on the port of master.webPort" {
  curl --silent --fail --max-time 5 "http://127.0.0.1:$WEB_PORT/" | grep -q 'Spark Master at spark://127.0.0.1'
  curl --silent --fail --max-time 5 "http://127.0.0.1:$WORKER_WEB_PORT/json/" | grep -q '"masterurl"'
}

@test "the secret is in no process's arguments and in no log" {
  secret=$(cat "$PODS/master/secret/secret")
  grep -q "^spark.authenticate.secret $secret\$" "$PODS/master/run/conf/spark-defaults.conf"
  [ "$(stat -c %a "$PODS/master/run/conf/spark-defaults.conf")" = 600 ]
  submit >"$BATS_TEST_TMPDIR/said" 2>&1 &
  job=$!
  # While driver and executor run.
  until_true 60 matches 'Spark Executor Command' "$PODS/worker/var/work/app-*/*/stderr"
  found=$(processes_with "$PODS/master/secret/secret")
  wait "$job"
  [ -z "$found" ]
  run grep -rlF "$secret" "$BATS_TEST_TMPDIR/said" "$PODS"/*/log "$PODS"/worker/var/work
  [ -z "$output" ]
}

@test "in cluster mode the driver runs in a worker and has the secret, too" {
  home=$(spark_home)
  # A main class that every Spark has: it runs the Python example.
  "$PODS/bin/kubectl" exec deployment/spark-master --container master -- bin/spark-submit --master spark://spark-master-svc:7077 \
    --deploy-mode cluster --driver-memory 512m --executor-memory 512m --total-executor-cores 1 \
    --class org.apache.spark.deploy.PythonRunner "file://$(ls "$home"/jars/spark-core_*.jar)" "$home/examples/src/main/python/pi.py" ''
  until_true 60 matches 'Pi is roughly 3' "$PODS/worker/var/work/driver-*/stdout"
}

@test "a Secret that would break the configuration is refused before the daemon starts" {
  spark_pods "$BATS_TEST_TMPDIR/pods" "$BATS_FILE_TMPDIR/rendered/spark.yaml"
  for bad in '' 'two words' $'two\nlines'; do
    printf '%s' "$bad" >"$PODS/master/secret/secret"
    run "$PODS/master/configure"
    [ "$status" -eq 1 ]
    [[ $output == *"key 'secret'"* ]]
    [ ! -e "$PODS/master/run/conf/spark-defaults.conf" ]
  done
}

@test "a worker that is stopped is decommissioned first, and SIGTERM ends worker and master" {
  own_cluster
  [ "$(cat "$PODS/worker/run/pid")" = "$(cat "$PODS/worker/group")" ]
  # Without executors it has nothing to wait for.
  timeout 30 "$PODS/worker/stop"
  until_true 20 worker_is DECOMMISSIONED
  for role in worker master; do
    kill -TERM "$(cat "$PODS/$role/group")"
    until_true 30 pod_ended "$role"
    [[ $(cat "$PODS/$role/log") == *'RECEIVED SIGNAL TERM'* ]]
  done
}

@test "a worker registers with a new master by itself" {
  own_cluster
  kill -KILL -- "-$(cat "$PODS/master/group")"
  until_true 10 pod_ended master
  pod_start master
  until_true 90 worker_is ALIVE
}
