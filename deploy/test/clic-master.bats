# The component clic-master, without a cluster. test/real/clic.bats has the real program.

load lib/stubs
load lib/tools

setup() { component_begin REGISTRY=registry.example:5000/clic; }

# in_jar_flavor: from now on the values are for the Java clic-master.
in_jar_flavor() { printf 'CLIC_MASTER_FLAVOR=jar\nCLIC_MASTER_JAR_IMAGE=registry.example:5000/clic/clic-master-jar:3\n' >>"$CLIC_ENV"; }

# in_jobs_flavor: from now on stages are Jobs. The cluster has Redis and the namespace of stages.
in_jobs_flavor() {
  echo 'CLIC_MASTER_FLAVOR=jobs' >>"$CLIC_ENV"
  stub_answer kubectl '*get secret redis-clic-master*' <<<secret/redis-clic-master
  stub_answer kubectl '*get priorityclass clic-environment*' <<<priorityclass.scheduling.k8s.io/clic-environment
}

# What a cluster has where Redis was installed.
redis_is_there() { stub_answer kubectl '*get secret redis-auth*' <<<secret/redis-auth; }

# rendered [JAVASCRIPT]: renders with the values as they are; an expression over the manifests, where `pod` is that of clic-master.
rendered() {
  rm -rf "$BATS_TEST_TMPDIR/rendered"
  "$DEPLOY_DIR/deploy.sh" render "$BATS_TEST_TMPDIR/rendered" clic-master
  [ $# -eq 0 ] || yaml_query "((pod) => ($1))(one('Deployment', 'clic-master').spec.template.spec)" <"$BATS_TEST_TMPDIR/rendered/clic-master.yaml"
}

# refused TEXT: up is refused with it, and nothing has been changed.
refused() {
  run "$DEPLOY_DIR/deploy.sh" up clic-master
  [ "$status" -eq 2 ]
  [[ $output == *"$1"* ]] || { echo "$output" && false; }
  [ -z "$(changes)" ]
}

@test "up makes it, and a second up changes nothing" {
  second_run_changes_nothing "$DEPLOY_DIR/deploy.sh" up clic-master
}

@test "every failure of up stops it, and up again succeeds" {
  every_failure_stops_and_rerun_succeeds "$DEPLOY_DIR/deploy.sh" up clic-master
}

@test "both hold for the Java clic-master" {
  in_jar_flavor
  redis_is_there
  second_run_changes_nothing "$DEPLOY_DIR/deploy.sh" up clic-master
  every_failure_stops_and_rerun_succeeds "$DEPLOY_DIR/deploy.sh" up clic-master
}

@test "both hold where stages are Jobs" {
  in_jobs_flavor
  second_run_changes_nothing "$DEPLOY_DIR/deploy.sh" up clic-master
  every_failure_stops_and_rerun_succeeds "$DEPLOY_DIR/deploy.sh" up clic-master
}

@test "with stages as Jobs it is not installed before Redis and their namespace" {
  echo 'CLIC_MASTER_FLAVOR=jobs' >>"$CLIC_ENV"
  run "$DEPLOY_DIR/deploy.sh" up clic-master
  [ "$status" -eq 1 ]
  [[ $output == *'deploy.sh up redis'* ]]
  stub_answer kubectl '*get secret redis-clic-master*' <<<secret/redis-clic-master
  run "$DEPLOY_DIR/deploy.sh" up clic-master
  [ "$status" -eq 1 ]
  [[ $output == *'deploy.sh up stages'* ]]
}

@test "with stages as Jobs it has two pods, Redis with a user of its own, a token, and no volume" {
  in_jobs_flavor
  printf '%s\n' CLIC_STAGE_NAMESPACE=there CLIC_STAGE_START_DEADLINE=3m REDIS_CLIC_MASTER_SECRET=ours >>"$CLIC_ENV"
  [ "$(rendered "(({ replicas, strategy }) => replicas + ' ' + strategy.rollingUpdate.maxUnavailable)(one('Deployment', 'clic-master').spec)")" = '2 100%' ]
  [ "$(rendered "pod.automountServiceAccountToken + ' ' + pod.volumes.find(({ name }) => name === 'redis').secret.secretName")" = 'true ours' ]
  [ "$(rendered "all.filter(({ kind }) => kind === 'PersistentVolumeClaim').length")" = 0 ]
  [ "$(rendered "(({ data }) => ['STAGE_NAMESPACE', 'START_DEADLINE', 'MAX_RUNNING'].map((name) => data['CLIC_MASTER_' + name]).join(' '))(one('ConfigMap', 'clic-master-config'))")" = 'there 3m 100' ]
  [ "$(rendered "pod.containers[0].args.flatMap((word) => [...word.matchAll(/\\\$\\((\\w+)\\)/g)].map(([, name]) => name))
    .filter((name) => !(name in one('ConfigMap', 'clic-master-config').data)).length")" = 0 ]
  [ "$(rendered "one('Role', 'clic-master').rules.map((rule) => rule.resources.join() + ': ' + rule.verbs.join()).join('; ')")" = 'leases: create; leases: get,update' ]
  [ "$(rendered "one('NetworkPolicy', 'clic-master').spec.ingress[0].from.some(({ namespaceSelector }) => namespaceSelector?.matchLabels['kubernetes.io/metadata.name'] === 'there')")" = true ]
  [ "$(rendered "one('NetworkPolicy', 'clic-master').spec.ingress.map(({ ports }) => ports.map(({ port }) => port).join()).join('; ')")" = '7777; http' ]
}

@test "what the Prometheus operator reads comes where it is asked for and there is one" {
  in_jobs_flavor
  monitored() { rendered "all.map(({ kind }) => kind).filter((kind) => /^(PodMonitor|PrometheusRule)$/.test(kind)).sort().join()"; }
  [ "$(monitored)" = '' ]
  printf '%s\n' CLIC_MASTER_MONITORING=true CLIC_MASTER_MONITORING_NAMESPACE=watchers >>"$CLIC_ENV"
  [ "$(monitored)" = PodMonitor,PrometheusRule ]
  [ "$(rendered "one('NetworkPolicy', 'clic-master').spec.ingress.at(-1).from[0].namespaceSelector.matchLabels['kubernetes.io/metadata.name']")" = watchers ]
  run "$DEPLOY_DIR/deploy.sh" up clic-master
  [ "$status" -eq 1 ]
  [[ $output == *'the cluster has no podmonitors'* ]]
}

@test "what the Prometheus operator reads is gone when it is asked for no more" {
  in_jobs_flavor
  stub_answer kubectl '*get customresourcedefinition podmonitors.monitoring.coreos.com*' <<<customresourcedefinition.apiextensions.k8s.io/podmonitors.monitoring.coreos.com
  stub_answer kubectl '*get customresourcedefinition prometheusrules.monitoring.coreos.com*' <<<customresourcedefinition.apiextensions.k8s.io/prometheusrules.monitoring.coreos.com
  echo CLIC_MASTER_MONITORING=true >>"$CLIC_ENV"
  "$DEPLOY_DIR/deploy.sh" up clic-master
  kubectl -n argo get podmonitors,prometheusrules --output name | tee "$BATS_TEST_TMPDIR/monitored"
  [ "$(wc -l <"$BATS_TEST_TMPDIR/monitored")" -eq 2 ]
  echo CLIC_MASTER_MONITORING=false >>"$CLIC_ENV"
  "$DEPLOY_DIR/deploy.sh" up clic-master
  [ -z "$(kubectl -n argo get podmonitors,prometheusrules --output name)" ]
}

@test "alerts and the dashboard ask for metrics that there are" {
  local metric
  while IFS= read -r metric; do
    grep -q "\\b$metric\\b" "$DEPLOY_DIR/../src/master/http/metrics-table.ts" || { echo "$metric" && false; }
  done < <(grep -rohE 'clic_master_[a-z_]+' "$DEPLOY_DIR/clic-master/config/monitoring" | sed 's/_bucket$//' | sort -u)
}

# template JAVASCRIPT: an expression over `spec`, the pod's, and `allow` in the template that clic-master gets for the pods of stages.
template() {
  rendered "one('ConfigMap', 'clic-master-stages').data['pod-template.yaml']" >"$BATS_TEST_TMPDIR/template.yaml"
  yaml_query "(({ template: { spec }, allow }) => ($1))(all[0])" <"$BATS_TEST_TMPDIR/template.yaml"
}

@test "pods of stages are restricted unless baseline is asked for, and plans may use no secret" {
  in_jobs_flavor
  printf '%s\n' NAMESPACE=elsewhere IMAGE_PULL_SECRET=login >>"$CLIC_ENV"
  [ "$(template "[spec.serviceAccountName, spec.automountServiceAccountToken, spec.imagePullSecrets[0].name, spec.dnsConfig.searches[0]].join(' ')")" = \
    'clic-stage false login elsewhere.svc.cluster.local' ]
  [ "$(template "JSON.stringify([spec.securityContext.runAsNonRoot, spec.containers[0].securityContext.capabilities.drop, allow.secrets])")" = '[true,["ALL"],[]]' ]
  echo CLIC_STAGE_POD_SECURITY=baseline >>"$CLIC_ENV"
  [ "$(template "JSON.stringify([spec.securityContext, spec.containers[0].securityContext])")" = \
    '[{"seccompProfile":{"type":"RuntimeDefault"}},{"allowPrivilegeEscalation":false}]' ]
}

@test "the Java clic-master is not installed before Redis" {
  in_jar_flavor
  run "$DEPLOY_DIR/deploy.sh" up clic-master
  [ "$status" -eq 1 ]
  [[ $output == *'deploy.sh up redis'* ]]
  [ -z "$(kubectl -n argo get deployment clic-master --ignore-not-found --output name)" ]
  "$DEPLOY_DIR/deploy.sh" up clic-master --dry-run
}

@test "the image is the registry's with the version of this repository, unless one is named" {
  version=$(node -p 'require(process.argv[1]).version' "$DEPLOY_DIR/../package.json")
  [ "$(rendered 'pod.containers[0].image')" = "registry.example:5000/clic/clic-master:$version" ]
  # A file that is applied by itself has the same version.
  [ "$(sed -nE 's/^ *image: .*://p' "$DEPLOY_DIR/clic-master/clic-master.yaml" | sort -u)" = "$version" ]
  digest=registry.example/other@sha256:$(printf '%064d' 7)
  echo "CLIC_MASTER_IMAGE=$digest" >>"$CLIC_ENV"
  [ "$(rendered '[...pod.initContainers, ...pod.containers].map(({ image }) => image).join()')" = "$digest,$digest" ]
  : >"$CLIC_ENV"
  refused 'neither CLIC_MASTER_IMAGE nor REGISTRY is set'
}

@test "values that clic-master would refuse are refused before anything is changed" {
  local line
  for line in CLIC_MASTER_MAX_RUNNING=0 CLIC_MASTER_MAX_RETRIES=1001 CLIC_MASTER_RETENTION_DAYS=0 CLIC_MASTER_CPU_LIMIT=100m CLIC_MASTER_CPU_LIMIT=1Gi \
    CLIC_MASTER_FLAVOR=rust CLIC_MASTER_LOG_LEVEL=trace; do
    printf 'REGISTRY=registry.example\n%s\n' "$line" >"$CLIC_ENV"
    refused "${line%%=*}"
  done
  echo 'CLIC_MASTER_FLAVOR=jar' >"$CLIC_ENV"
  refused CLIC_MASTER_JAR_IMAGE
}

@test "the values get where they belong, and a change of the settings restarts the pod" {
  cat >"$CLIC_ENV" <<'ENV'
NAMESPACE=elsewhere
REGISTRY=registry.example
IMAGE_PULL_SECRET=login
CLIC_MASTER_STORAGE_CLASS=fast
CLIC_MASTER_STORAGE_SIZE=20Gi
CLIC_MASTER_CPU_LIMIT=3
CLIC_MASTER_MEMORY_LIMIT=5Gi
CLIC_MASTER_MAX_RUNNING=7
CLIC_MASTER_MAX_RETRIES=0
CLIC_MASTER_RETENTION_DAYS=90
CLIC_MASTER_LOG_LEVEL=debug
ENV
  first=$(rendered "one('Deployment', 'clic-master').spec.template.metadata.annotations['clic.io/config']")
  [ "$(rendered "[pod.imagePullSecrets[0].name, pod.containers[0].resources.limits.cpu, pod.containers[0].resources.limits.memory].join(' ')")" = 'login 3 5Gi' ]
  [ "$(rendered "(({ spec }) => spec.storageClassName + ' ' + spec.resources.requests.storage)(one('PersistentVolumeClaim', 'clic-master-data'))")" = 'fast 20Gi' ]
  [ "$(rendered "(({ data }) => ['MAX_RUNNING', 'MAX_RETRIES', 'RETENTION_DAYS', 'LOG_LEVEL'].map((name) => data['CLIC_MASTER_' + name]).join(' '))(one('ConfigMap', 'clic-master-config'))")" = '7 0 90 debug' ]
  [ "$(rendered "all.every(({ metadata }) => metadata.namespace === 'elsewhere') && one('RoleBinding', 'clic-master').subjects[0].namespace")" = elsewhere ]
  echo 'CLIC_MASTER_MAX_RUNNING=8' >>"$CLIC_ENV"
  [ "$(rendered "one('Deployment', 'clic-master').spec.template.metadata.annotations['clic.io/config']")" != "$first" ]
}

@test "each variable in the command line is one of the settings" {
  [ "$(rendered "pod.containers[0].args.some((word) => word.includes('\$('))")" = true ]
  [ "$(rendered "pod.containers[0].args.flatMap((word) => [...word.matchAll(/\\\$\\((\\w+)\\)/g)].map(([, name]) => name))
    .filter((name) => !(name in one('ConfigMap', 'clic-master-config').data)).length")" = 0 ]
}

@test "the role has what running stages as Jobs needs, and nothing else" {
  [ "$(rendered "all.filter(({ kind }) => /Role/.test(kind)).map(({ kind }) => kind).sort().join()")" = Role,RoleBinding ]
  [ "$(rendered "one('Role', 'clic-master').rules.map((rule) => rule.apiGroups.join() + '/' + rule.resources.join() + ': ' + rule.verbs.join()).join('; ')")" = \
    'batch/jobs: create,get,list,watch,delete; /pods: get,list,watch; /pods/log: get' ]
  [ "$(rendered "JSON.stringify(one('RoleBinding', 'clic-master').subjects) + one('RoleBinding', 'clic-master').roleRef.name")" = \
    '[{"kind":"ServiceAccount","name":"clic-master","namespace":"argo"}]clic-master' ]
}

@test "only the Java clic-master, which makes Jobs, gets a token" {
  [ "$(rendered "pod.serviceAccountName + ' ' + pod.automountServiceAccountToken")" = 'clic-master false' ]
  in_jar_flavor
  [ "$(rendered "pod.serviceAccountName + ' ' + pod.automountServiceAccountToken")" = 'clic-master true' ]
}

@test "only clic-shell and the pods of stages get to port 7777" {
  local labels
  allowed() {
    rendered "((pod) => one('NetworkPolicy', 'clic-master').spec.ingress.some(({ from, ports }) => ports.some(({ port }) => port === 7777) &&
      from.some(({ podSelector, namespaceSelector, ipBlock }) => !namespaceSelector && !ipBlock &&
        Object.entries(podSelector.matchLabels ?? {}).every(([key, value]) => pod[key] === value) &&
        (podSelector.matchExpressions ?? []).every(({ key, operator }) => operator === 'Exists' && key in pod))))($1)"
  }
  [ "$(allowed "{'app.kubernetes.io/name': 'clic-shell'}")" = true ]
  [ "$(allowed "{'job-name': 'a-stage', 'batch.kubernetes.io/job-name': 'a-stage'}")" = true ]
  for labels in "{}" "{'app.kubernetes.io/name': 'redis', 'app.kubernetes.io/part-of': 'clic'}" "{'app.kubernetes.io/name': 'clic-master'}"; do
    [ "$(allowed "$labels")" = false ]
  done
  [ "$(rendered "one('NetworkPolicy', 'clic-master').spec.podSelector.matchLabels['app.kubernetes.io/name']")" = clic-master ]
}

@test "one clic-master at a time has the state, and stages a folder that can be written" {
  [ "$(rendered "(({ replicas, strategy }) => replicas + ' ' + strategy.type)(one('Deployment', 'clic-master').spec)")" = '1 Recreate' ]
  [ "$(rendered "one('PersistentVolumeClaim', 'clic-master-data').spec.accessModes.join()")" = ReadWriteOnce ]
  [ "$(rendered "pod.containers[0].volumeMounts.filter(({ readOnly }) => !readOnly).map(({ mountPath }) => mountPath).sort().join()")" = \
    /data,/tmp,/var/lib/clic-master,/var/lib/clic-master/state/work ]
}

@test "the Java clic-master gets its image, its files, Redis, and nothing of the other's" {
  in_jar_flavor
  echo 'REDIS_SECRET=our-redis' >>"$CLIC_ENV"
  [ "$(rendered "pod.containers.map(({ image }) => image).join()")" = registry.example:5000/clic/clic-master-jar:3 ]
  [ "$(rendered "JSON.stringify([pod.initContainers, pod.containers[0].command, pod.containers[0].args, pod.containers[0].envFrom])")" = '[null,null,null,null]' ]
  [ "$(rendered "all.filter(({ kind }) => ['PersistentVolumeClaim', 'ConfigMap'].includes(kind)).map(({ metadata }) => metadata.name).join()")" = clic-master-jar-config ]
  [ "$(rendered "pod.containers[0].env.find(({ name }) => name === 'REDIS_PASSWORD').valueFrom.secretKeyRef.name + ' ' +
    pod.volumes.find(({ name }) => name === 'redis').secret.secretName")" = 'our-redis our-redis' ]
  [ "$(rendered "pod.volumes.find(({ name }) => name === 'config').configMap.name + ' ' + pod.containers[0].volumeMounts.find(({ name }) => name === 'config').mountPath")" = \
    'clic-master-jar-config /app/conf' ]
  for file in "$DEPLOY_DIR"/clic-master/config/jar/*; do
    [ "$(rendered "one('ConfigMap', 'clic-master-jar-config').data['${file##*/}'].trimEnd()")" = "$(cat "$file")" ]
  done
}

@test "the Java clic-master is valid and hardened as well" {
  need kubernetes-validate kube-score
  local version
  in_jar_flavor
  rendered
  for version in 1.29 1.37; do kubernetes-validate --strict -k "$version" "$BATS_TEST_TMPDIR/rendered/clic-master.yaml"; done
  kube-score score --output-format ci --kubernetes-version v1.35 "$BATS_TEST_TMPDIR/rendered/clic-master.yaml" >"$BATS_TEST_TMPDIR/score" || true
  grep -q '^\[OK\]' "$BATS_TEST_TMPDIR/score"
  run grep -E '^\[(CRITICAL|WARNING)\]' "$BATS_TEST_TMPDIR/score"
  [ "$status" -eq 1 ]
}

@test "down keeps the state, --delete-data removes it, whatever the flavor is by then" {
  "$DEPLOY_DIR/deploy.sh" up clic-master
  "$DEPLOY_DIR/deploy.sh" down clic-master --yes
  [ -z "$(kubectl -n argo get deployment clic-master --ignore-not-found --output name)" ]
  [ -n "$(kubectl -n argo get persistentvolumeclaim clic-master-data --output name)" ]
  in_jar_flavor
  "$DEPLOY_DIR/deploy.sh" down clic-master --yes --delete-data
  [ -z "$(kubectl -n argo get persistentvolumeclaim clic-master-data --ignore-not-found --output name)" ]
}

@test "its test says what to do when clic-shell is not there" {
  "$DEPLOY_DIR/deploy.sh" up clic-master
  run "$DEPLOY_DIR/deploy.sh" test clic-master
  [ "$status" -eq 3 ]
  [[ $output == *'deploy.sh up clic-shell'* ]]
}
