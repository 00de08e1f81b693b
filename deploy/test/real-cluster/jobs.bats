# What the cluster does for a Job: runs it, keeps its log, tells how it ended.

load ../lib/tools
load ../lib/cluster

setup_file() { cluster_begin; }
teardown_file() { cluster_end; }

@test 'the node is Ready, and of the version that is asked for' {
  run kubectl get nodes --selector '!type' --output 'jsonpath={range .items[*]}{.metadata.name} {.status.nodeInfo.kubeletVersion} {.status.conditions[?(@.type=="Ready")].status}{"\n"}{end}'
  echo "$output"
  [ "$output" = "k8s-node $(sed -n 's/^KUBERNETES_VERSION=//p' "$CLUSTER_DIR/lib/settings.sh") True" ]
}

@test 'a Job runs to completion, and its log can be read' {
  # shellcheck disable=SC2016  # for the shell in the pod
  job sum busybox sh -c 'echo $((1 + 2)); echo done'
  [ "$(job_ends sum 60)" = Complete ]
  [ "$(k logs job/sum)" = $'3\ndone' ]
}

@test 'a Job whose program fails is Failed, and tells its exit status' {
  job fails busybox sh -c 'exit 7'
  [ "$(job_ends fails 60)" = Failed ]
  [ "$(k get pods --selector job-name=fails --output 'jsonpath={.items[0].status.containerStatuses[0].state.terminated.exitCode}')" = 7 ]
}

@test 'a container that takes more memory than it may is killed for it' {
  k create --filename - <<'YAML'
apiVersion: batch/v1
kind: Job
metadata: {name: greedy}
spec:
  backoffLimit: 0
  template:
    spec:
      restartPolicy: Never
      containers:
      - {name: greedy, image: busybox, imagePullPolicy: IfNotPresent, command: [tail, /dev/zero], resources: {limits: {memory: 32Mi}}}
YAML
  [ "$(job_ends greedy 60)" = Failed ]
  [ "$(k get pods --selector job-name=greedy --output 'jsonpath={.items[0].status.containerStatuses[0].state.terminated.reason}')" = OOMKilled ]
}

@test 'what is waited for in vain is told with the reasons of the pods' {
  k run nobody-has-it --image nobody.example/has-it:1 --restart Never
  cluster_within 60 pulls_in_vain nobody-has-it
  run cluster_within 1 k wait --for=condition=Ready pod/nobody-has-it --timeout=1s
  echo "$output"
  [ "$status" -ne 0 ]
  [[ $output == *'waited in vain for: k wait'* ]]
  [[ $output =~ nobody-has-it\ +Pending\ +false\ +(ErrImagePull|ImagePullBackOff) ]]
  [[ $output == *'Failed to pull image "nobody.example/has-it:1"'* ]]
  k delete pod nobody-has-it --now
}

pulls_in_vain() { k get pod "$1" --output 'jsonpath={.status.containerStatuses[0].state.waiting.reason}' | grep -E '^(ErrImagePull|ImagePullBackOff)$'; }
