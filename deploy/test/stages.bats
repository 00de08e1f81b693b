# The namespace of stages, without a cluster. test/real-cluster/stages.bats has a real one.

load lib/stubs
load lib/tools

setup() { component_begin CLIC_MASTER_FLAVOR=jobs REGISTRY=registry.example NFS_SERVER=nfs.example; }

# rendered JAVASCRIPT: an expression over the manifests, with the values as they are.
rendered() {
  rm -rf "$BATS_TEST_TMPDIR/rendered"
  "$DEPLOY_DIR/deploy.sh" render "$BATS_TEST_TMPDIR/rendered" stages
  yaml_query "$1" <"$BATS_TEST_TMPDIR/rendered/stages.yaml"
}

@test "up makes it, and a second up changes nothing" {
  second_run_changes_nothing "$DEPLOY_DIR/deploy.sh" up stages
  [ "$(kubectl -n argo-stages get serviceaccount clic-stage --output name)" = serviceaccount/clic-stage ]
}

@test "it belongs to the flavor jobs, and is removed whatever the flavor is by then" {
  "$DEPLOY_DIR/deploy.sh" up stages
  echo CLIC_MASTER_FLAVOR=node >>"$CLIC_ENV"
  run "$DEPLOY_DIR/deploy.sh" up stages
  [ "$status" -eq 2 ]
  [[ $output == *CLIC_MASTER_FLAVOR=jobs* ]]
  "$DEPLOY_DIR/deploy.sh" render "$BATS_TEST_TMPDIR/node"
  [ -f "$BATS_TEST_TMPDIR/node/redis.yaml" ]
  [ ! -e "$BATS_TEST_TMPDIR/node/stages.yaml" ]
  "$DEPLOY_DIR/deploy.sh" down stages --yes --delete-data
  [ -z "$(kubectl get namespace argo-stages --ignore-not-found --output name)" ]
}

@test "a dry run changes nothing, with or without the namespace" {
  local verb
  "$DEPLOY_DIR/deploy.sh" up namespace
  : >"$STUB_LOG"
  for verb in 'up stages' 'down stages'; do
    # shellcheck disable=SC2086  # words
    "$DEPLOY_DIR/deploy.sh" $verb --dry-run
    [ -z "$(changes)" ]
  done
  run "$DEPLOY_DIR/deploy.sh" diff stages
  [ "$status" -eq 1 ]
}

@test "its volume can't move, nor its claim be resized; one whose claim is gone can be claimed again" {
  stub_answer kubectl '*get persistentvolume pv-nfs-stages*status.phase*' <<<Released
  "$DEPLOY_DIR/deploy.sh" up stages || true
  grep -q 'CALL kubectl .*patch persistentvolume pv-nfs-stages' "$STUB_LOG"
  stub_answer kubectl '*get persistentvolumeclaim pvc-nfs*requests.storage*' < <(printf 7Gi)
  run "$DEPLOY_DIR/deploy.sh" up stages
  [ "$status" -eq 1 ]
  [[ $output == *"pvc-nfs is 7Gi"* ]]
  stub_answer kubectl '*get persistentvolume pv-nfs-stages*spec.nfs*' <<<'10.0.0.9:/old'
  run "$DEPLOY_DIR/deploy.sh" up stages
  [ "$status" -eq 1 ]
  [[ $output == *"pv-nfs-stages is 10.0.0.9:/old"* ]]
}

@test "the values get where they belong" {
  printf '%s\n' NAMESPACE=elsewhere CLIC_STAGE_NAMESPACE=there CLIC_STAGE_POD_SECURITY=baseline CLIC_STAGE_PODS=9 CLIC_STAGE_CPU=3 CLIC_STAGE_MEMORY=5Gi \
    CLIC_STAGE_DEFAULT_CPU=100m CLIC_STAGE_DEFAULT_MEMORY=1Gi CLIC_STAGE_DEFAULT_MEMORY_LIMIT=7Gi CLIC_STAGE_NETWORKS=10.1.0.0/16,10.2.0.0/16 NFS_PATH=/else REDIS_SECRET=our-redis >>"$CLIC_ENV"
  [ "$(rendered "all.filter(({ metadata }) => metadata.namespace !== undefined && metadata.namespace !== 'there').length")" = 0 ]
  [ "$(rendered "one('Namespace', 'there').metadata.labels['pod-security.kubernetes.io/enforce']")" = baseline ]
  [ "$(rendered "(({ hard }) => [hard.pods, hard['requests.cpu'], hard['requests.memory']].join(' '))(one('ResourceQuota', 'stages').spec)")" = '9 3 5Gi' ]
  [ "$(rendered "JSON.stringify(one('LimitRange', 'stages').spec.limits[0])")" = \
    '{"default":{"memory":"7Gi"},"defaultRequest":{"cpu":"100m","memory":"1Gi"},"type":"Container"}' ]
  [ "$(rendered "(({ nfs, claimRef }) => [nfs.server, nfs.path, claimRef.namespace].join(' '))(one('PersistentVolume', 'pv-nfs-stages').spec)")" = 'nfs.example /else there' ]
  [ "$(rendered "JSON.stringify(one('RoleBinding', 'clic-master-stages').subjects)")" = '[{"kind":"ServiceAccount","name":"clic-master","namespace":"elsewhere"}]' ]
  [ "$(rendered "one('NetworkPolicy', 'stages').spec.egress.flatMap(({ to }) => to ?? []).map(({ namespaceSelector, ipBlock }) =>
    namespaceSelector?.matchLabels['kubernetes.io/metadata.name'] ?? ipBlock.cidr).join()")" = elsewhere,elsewhere,elsewhere,10.1.0.0/16,10.2.0.0/16 ]
  [ "$(rendered "one('ValidatingAdmissionPolicy', 'clic-stages-there').spec.variables[0].expression")" = "['our-redis', 'redis-clic-master']" ]
  [ "$(rendered "(({ policyName, matchResources }) => policyName + ' ' + matchResources.namespaceSelector.matchLabels['kubernetes.io/metadata.name'])
    (one('ValidatingAdmissionPolicyBinding', 'clic-stages-there').spec)")" = 'clic-stages-there there' ]
  echo CLIC_STAGE_ADMISSION_POLICY=false >>"$CLIC_ENV"
  [ "$(rendered "all.filter(({ kind }) => /Admission/.test(kind)).length")" = 0 ]
}

@test "clic-master may do with Jobs what it needs, and nothing else there" {
  [ "$(rendered "one('Role', 'clic-master-stages').rules.map((rule) => rule.resources.join() + ': ' + rule.verbs.join()).join('; ')")" = \
    'jobs: create,get,list,watch,patch,delete,deletecollection; pods: get,list,watch,delete; pods/log: get; events: list,watch' ]
}

@test "in the environment's own namespace, stages are told by their label, and nothing else is touched" {
  echo CLIC_STAGE_NAMESPACE=argo >>"$CLIC_ENV"
  [ "$(rendered "all.map(({ kind }) => kind).filter((kind) => /^(Namespace|ResourceQuota|LimitRange|PersistentVolume|PersistentVolumeClaim)$/.test(kind)).length")" = 0 ]
  [ "$(rendered "one('NetworkPolicy', 'stages').spec.podSelector.matchExpressions[0].key")" = clic.fdu/stage ]
  [[ $(rendered "one('ValidatingAdmissionPolicy', 'clic-stages-argo').spec.matchConditions[0].expression") == *"'clic.fdu/stage' in object.metadata.labels"* ]]
}

@test "the classes of priority stay where a pod uses one" {
  "$DEPLOY_DIR/deploy.sh" up stages
  kubectl create namespace other
  kubectl create --filename - <<'YAML'
apiVersion: v1
kind: Pod
metadata: {name: user, namespace: other}
spec: {priorityClassName: clic-stage, containers: []}
YAML
  run "$DEPLOY_DIR/deploy.sh" down stages --yes
  [ "$status" -eq 0 ]
  [[ $output == *'pod other/user uses one'* ]]
  [ "$(kubectl get priorityclass clic-stage --output name)" = priorityclass.scheduling.k8s.io/clic-stage ]
  kubectl -n other delete pod user
  "$DEPLOY_DIR/deploy.sh" down stages --yes
  [ -z "$(kubectl get priorityclass clic-stage --ignore-not-found --output name)" ]
}
