# The component clic-shell, without a cluster. test/real/clic.bats has the real program.

load lib/stubs
load lib/tools

setup() { component_begin REGISTRY=registry.example:5000/clic; }

# rendered [JAVASCRIPT]: renders with the values as they are; an expression over the manifests, where `pod` is that of clic-shell.
rendered() {
  rm -rf "$BATS_TEST_TMPDIR/rendered"
  "$DEPLOY_DIR/deploy.sh" render "$BATS_TEST_TMPDIR/rendered" clic-shell clic-master
  [ $# -eq 0 ] || yaml_query "((pod) => ($1))(one('Deployment', 'clic-shell').spec.template.spec)" <"$BATS_TEST_TMPDIR/rendered/clic-shell.yaml"
}

# A clic-shell in which the plan of the test goes as it should.
shell_answers() {
  "$DEPLOY_DIR/deploy.sh" up clic-shell
  stub_answer kubectl '*clic -submit deploy-test /data/clic-deploy-test-*' <<<deploy-test-abcdefgh
  stub_answer kubectl '*clic stages deploy-test-abcdefgh*' <<<$'deploy-test-abcdefgh-shell-numbers-1\ndeploy-test-abcdefgh-shell-sum-2'
  stub_answer kubectl '*clic -stage_result deploy-test-abcdefgh-shell-sum-2 10' <<<5050
  : >"$STUB_LOG"
}

# The folder that the test made, and the one that it removed.
made() { calls kubectl | sed -nE 's/.*-- mkdir (.*)$/\1/p'; }
removed() { calls kubectl | sed -nE 's/.*-- rm -rf (.*)$/\1/p'; }

@test "up makes it, and a second up changes nothing" {
  second_run_changes_nothing "$DEPLOY_DIR/deploy.sh" up clic-shell
}

@test "every failure of up stops it, and up again succeeds" {
  every_failure_stops_and_rerun_succeeds "$DEPLOY_DIR/deploy.sh" up clic-shell
}

@test "the image is the registry's with the version of this repository, unless one is named" {
  version=$(node -p 'require(process.argv[1]).version' "$DEPLOY_DIR/../package.json")
  [ "$(rendered 'pod.containers[0].image')" = "registry.example:5000/clic/clic:$version" ]
  [ "$(sed -nE 's/^ *image: .*://p' "$DEPLOY_DIR/clic-shell/clic-shell.yaml")" = "$version" ]
  digest=registry.example/other@sha256:$(printf '%064d' 7)
  echo "CLIC_SHELL_IMAGE=$digest" >>"$CLIC_ENV"
  [ "$(rendered 'pod.containers[0].image')" = "$digest" ]
  : >"$CLIC_ENV"
  run "$DEPLOY_DIR/deploy.sh" up clic-shell
  [ "$status" -eq 2 ]
  [[ $output == *'neither CLIC_SHELL_IMAGE nor REGISTRY is set'* ]]
  [ -z "$(changes)" ]
}

@test "the values get where they belong" {
  printf 'NAMESPACE=elsewhere\nIMAGE_PULL_SECRET=login\nCLIC_SHELL_CPU_LIMIT=500m\nCLIC_SHELL_MEMORY_LIMIT=1Gi\n' >>"$CLIC_ENV"
  [ "$(rendered "[pod.imagePullSecrets[0].name, pod.containers[0].resources.limits.cpu, pod.containers[0].resources.limits.memory].join(' ')")" = 'login 500m 1Gi' ]
  [ "$(rendered "all.every(({ metadata }) => metadata.namespace === 'elsewhere')")" = true ]
  sed -i s/500m/20m/ "$CLIC_ENV"
  run "$DEPLOY_DIR/deploy.sh" up clic-shell
  [ "$status" -eq 2 ]
  [[ $output == *CLIC_SHELL_CPU_LIMIT* ]]
}

@test "clic finds its configuration where it is mounted, and bash its own" {
  [ "$(rendered "(({ env, volumeMounts }) => {
    const file = env.find(({ name }) => name === 'CLIC_CONF').value;
    const mount = volumeMounts.find(({ mountPath }) => file.startsWith(mountPath + '/'));
    const maps = pod.volumes.find(({ name }) => name === mount.name).projected.sources.map(({ configMap }) => one('ConfigMap', configMap.name));
    return maps.some(({ data }) => file.slice(mount.mountPath.length + 1) in data);
  })(pod.containers[0])")" = true ]
  [ "$(rendered "pod.containers[0].volumeMounts.find(({ subPath }) => subPath === 'bashrc').mountPath ===
    pod.containers[0].env.find(({ name }) => name === 'HOME').value + '/.bashrc'")" = true ]
}

@test "the shared folder is at /data, and the stages' working directories are where clic-master has them" {
  [ "$(rendered "pod.volumes.find(({ name }) => name === 'data').persistentVolumeClaim.claimName + ' ' +
    pod.containers[0].volumeMounts.some(({ name, mountPath, subPath }) => name === 'data' && mountPath === '/data' && !subPath)")" = 'pvc-nfs true' ]
  shown() { yaml_query "JSON.stringify(one('Deployment', '$1').spec.template.spec.containers[0].volumeMounts.filter(({ mountPath }) => /work\$/.test(mountPath))
    .map(({ mountPath, subPath }) => [mountPath, subPath]))" <"$BATS_TEST_TMPDIR/rendered/$1.yaml"; }
  [ "$(shown clic-shell)" = "$(shown clic-master)" ]
  [[ $(shown clic-shell) == '[["/var/lib/clic-master/state/work",'* ]]
  [ "$(yaml_query "one('Deployment', 'clic-master').spec.template.spec.containers[0].args.includes('--state-dir=/var/lib/clic-master/state')" <"$BATS_TEST_TMPDIR/rendered/clic-master.yaml")" = true ]
}

@test "nobody calls clic-shell, and it calls clic-master, HttpFS and DNS alone" {
  need helm
  "$DEPLOY_DIR/deploy.sh" render "$BATS_TEST_TMPDIR/hdfs" hdfs
  labels() { yaml_query "JSON.stringify(one('Deployment', '$2').spec.template.metadata.labels)" <"$1"; }
  rendered
  reaches() {
    yaml_query "((pod) => one('NetworkPolicy', 'clic-shell').spec.egress.filter(({ to }) => to && to.some(({ podSelector }) =>
      Object.entries(podSelector.matchLabels).every(([key, value]) => pod[key] === value))).flatMap(({ ports }) => ports.map(({ port }) => port)).join())($1)" \
      <"$BATS_TEST_TMPDIR/rendered/clic-shell.yaml"
  }
  [ "$(reaches "$(labels "$BATS_TEST_TMPDIR/rendered/clic-master.yaml" clic-master)")" = 7777 ]
  [ "$(reaches "$(labels "$BATS_TEST_TMPDIR/hdfs/hdfs.yaml" hdfs-httpfs)")" = 14000 ]
  [ "$(reaches "{'app.kubernetes.io/name': 'redis', 'app.kubernetes.io/part-of': 'clic'}")" = '' ]
  [ "$(rendered "one('NetworkPolicy', 'clic-shell').spec.egress.filter(({ to }) => !to).flatMap(({ ports }) => ports.map(({ port, protocol }) => protocol + port)).join()")" = UDP53,TCP53 ]
  [ "$(rendered "JSON.stringify([one('NetworkPolicy', 'clic-shell').spec.ingress, one('NetworkPolicy', 'clic-shell').spec.policyTypes])")" = '[[],["Ingress","Egress"]]' ]
}

@test "its test sends the plan, reads the result of the last stage, and removes the folder" {
  shell_answers
  run "$DEPLOY_DIR/deploy.sh" test clic-shell
  echo "$output"
  [ "$status" -eq 0 ]
  [ "$(grep -c '^pass' <<<"$output")" -eq 2 ]
  [[ $(made) =~ ^/data/clic-deploy-test-[0-9a-f]{16}$ ]]
  [ "$(made)" = "$(removed)" ]
}

@test "another result fails the test, and the folder is removed" {
  shell_answers
  stub_answer kubectl '*clic -stage_result*' <<<5051
  run "$DEPLOY_DIR/deploy.sh" test clic-shell
  [ "$status" -eq 3 ]
  [[ $output == *"'5051', not 5050"* ]]
  [ "$(made)" = "$(removed)" ]
}

@test "every failure fails the test, and what it made is removed" {
  local call
  shell_answers
  for call in $(seq 30); do
    : >"$STUB_LOG"
    STUB_FAIL=kubectl:$call run "$DEPLOY_DIR/deploy.sh" test clic-shell
    if [ "$status" -eq 0 ]; then break; fi
    [ -n "$output" ]
    [ "$(made)" = "$(removed)" ]
  done
  # The last one had fewer calls than the one that was to fail; before it, each of its calls failed once.
  [ "$status" -eq 0 ]
  [ "$call" -gt 8 ]
}

@test "down removes it and leaves nothing" {
  "$DEPLOY_DIR/deploy.sh" up clic-shell
  "$DEPLOY_DIR/deploy.sh" down clic-shell --yes
  [ -z "$(find "$STUB_STATE/kubectl/argo" -name '*.json')" ]
}
