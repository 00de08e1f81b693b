# The environment as deploy.sh makes it, with stages as Jobs and the state in Redis: NFS, which is a folder of the node here, Redis, clic-master and
# clic-shell.

load ../lib/tools
load ../lib/docker
load ../lib/cluster
load ../lib/cluster-images
load ../lib/cluster-deploy

PARTS=(nfs redis stages clic-master clic-shell)

setup_file() {
  cluster_begin
  cluster_add_stage_image
  cluster_add_redis_image
  cluster_add_clic_images
  deploy_begin "CLIC_MASTER_IMAGE=$CLIC_MASTER_IMAGE" "CLIC_SHELL_IMAGE=$CLIC_IMAGE" "REDIS_IMAGE=$REDIS_TEST_IMAGE" CLIC_MASTER_MEMORY_LIMIT=512Mi
  redis_volume
  deploy up namespace "${PARTS[@]}" || {
    cluster_describe
    return 1
  }
}
teardown_file() {
  deploy_end "${PARTS[@]}"
  kubectl delete persistentvolume clic-test-redis --ignore-not-found >/dev/null
  cluster_end
}

# A folder of the node in place of a block volume.
redis_volume() {
  mkdir "$BATS_FILE_TMPDIR/redis"
  chown 10999:10999 "$BATS_FILE_TMPDIR/redis"
  kubectl delete persistentvolume clic-test-redis --ignore-not-found >/dev/null
  kubectl create --filename - <<YAML
apiVersion: v1
kind: PersistentVolume
metadata: {name: clic-test-redis}
spec:
  capacity: {storage: 10Gi}
  accessModes: [ReadWriteOnce]
  claimRef: {namespace: $NAMESPACE, name: data-redis-0}
  hostPath: {path: $BATS_FILE_TMPDIR/redis}
YAML
}

# shell WORDS…: in the resident pod.
shell() { k exec deployment/clic-shell --container clic-shell -- "$@"; }

pods() { k get pods --selector app.kubernetes.io/name=clic-master --output 'jsonpath={range .items[*]}{.metadata.name} {.status.containerStatuses[0].ready}{"\n"}{end}'; }

@test 'the tests of deploy.sh pass: one runs a plan whose master is killed meanwhile' {
  run deploy test redis stages clic-master clic-shell
  echo "$output"
  [ "$status" -eq 0 ]
}

@test 'one of two pods is Ready, and it alone is behind the Service' {
  cluster_within 30 one_is_ready
  [ "$(k get endpointslices --selector kubernetes.io/service-name=clic-master-svc --output 'jsonpath={.items[*].endpoints[?(@.conditions.ready==true)].targetRef.name}')" = \
    "$(pods | awk '$2 == "true" {print $1}')" ]
}
one_is_ready() { [ "$(pods | awk '{print $2}' | sort | xargs)" = 'false true' ]; }

@test 'wordcount runs as five Jobs in two images, and its result is read' {
  local task out=/data/counted
  cp -r "$DEPLOY_DIR/../examples/wordcount" "$SHARED/wordcount"
  # Pods share the folder, and neither a working directory nor $CLIC_PLAN_DIR.
  sed -i -e "s|\$CLIC_PLAN_DIR|/data/wordcount|; s|'{{inputs|'cd $out \&\& {{inputs|; s|path: |path: $out/|; s|image: debian.*|image: $STAGE_IMAGE|; s|image: node.*|image: $CLIC_IMAGE|" \
    "$SHARED/wordcount/plan.yaml"
  shell mkdir "$out"
  task=$(shell clic -submit wordcount /data/wordcount/plan.yaml --wait --timeout 3m --output name)
  [ "$(s get jobs --selector "clic.fdu/task=$task" --output name | wc -l)" -eq 5 ]
  [ "$(s get jobs --selector "clic.fdu/task=$task" --output 'jsonpath={range .items[*]}{.spec.template.spec.containers[0].image}{"\n"}{end}' | sort -u | wc -l)" -eq 2 ]
  shell clic -stage_result "$(shell clic stages "$task" --output name | tail -n 1)" 5 | tee "$BATS_TEST_TMPDIR/report"
  [ -s "$BATS_TEST_TMPDIR/report" ]
}

@test 'a stage can reach clic-master, and not Redis' {
  one_stage_plan "for to in clic-master-svc/7777 redis-svc/6379; do timeout 5 bash -c \"</dev/tcp/\$to\" 2>/dev/null && echo \$to; done >/data/reached; true" >"$SHARED/reach.yaml"
  shell clic -submit reach /data/reach.yaml --wait --timeout 2m
  [ "$(cat "$SHARED/reached")" = clic-master-svc/7777 ]
}

@test 'a plan that uses a Secret is refused when it is submitted' {
  one_stage_plan true '        envFrom: [{secretRef: {name: redis-auth}}]' >"$SHARED/secret.yaml"
  run shell clic -submit secret /data/secret.yaml
  echo "$output"
  [ "$status" -ne 0 ]
  [[ $output == *redis-auth* ]]
}

@test 'the master may be evicted, and then nothing until there is one again' {
  local leader other
  cluster_within 30 one_is_ready
  leader=$(pods | awk '$2 == "true" {print $1}') other=$(pods | awk '$2 == "false" {print $1}')
  evict "$leader"
  run evict "$other"
  echo "$output"
  [ "$status" -ne 0 ]
  [[ $output == *'disruption budget'* ]]
  cluster_within 60 shell clic -list_task
  cluster_within 60 one_is_ready
}
