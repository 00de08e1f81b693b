# The namespace of stages: what a stage may be, and whom it reaches.

load ../lib/tools
load ../lib/cluster
load ../lib/cluster-deploy

setup_file() {
  cluster_begin
  deploy_begin
  deploy up stages
  stand_in redis 6379
  stand_in clic-master 7777
  stage one | s create --filename -
  stage two | s create --filename -
  cluster_within 60 k wait --for=condition=Ready pod --all --timeout=1s
  cluster_within 60 s wait --for=condition=Ready pod --all --timeout=1s
}
teardown_file() {
  deploy_end stages
  cluster_end
}

# stand_in NAME PORT: a pod with the label of that part of the environment, and its Service, which answers on the port.
stand_in() {
  k create --filename - <<YAML
apiVersion: v1
kind: Pod
metadata: {name: $1, labels: {app.kubernetes.io/name: $1}}
spec:
  containers:
  - name: main
    image: busybox
    imagePullPolicy: IfNotPresent
    command: [sh, -c, 'echo hello >/tmp/index.html; exec httpd -f -p $2 -h /tmp']
    readinessProbe: {tcpSocket: {port: $2}, periodSeconds: 1}
---
apiVersion: v1
kind: Service
metadata: {name: $1-svc}
spec: {selector: {app.kubernetes.io/name: $1}, ports: [{port: $2}]}
YAML
}

# stage NAME [MANIFEST-JAVASCRIPT]: a pod as clic-master makes it, changed by the expression over `pod`.
stage() {
  node -e '
    const pod = {
      apiVersion: "v1", kind: "Pod",
      metadata: { name: process.argv[1], labels: { "clic.fdu/stage": process.argv[1], app: process.argv[1] } },
      spec: {
        serviceAccountName: "clic-stage", automountServiceAccountToken: false, priorityClassName: "clic-stage",
        securityContext: { runAsNonRoot: true, runAsUser: 10001, seccompProfile: { type: "RuntimeDefault" } },
        dnsConfig: { searches: [process.env.NAMESPACE + ".svc.cluster.local"] },
        containers: [{
          name: "main", image: "busybox", imagePullPolicy: "IfNotPresent",
          command: ["sh", "-c", "echo hello >/tmp/index.html; exec httpd -f -p 8080 -h /tmp"],
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
          volumeMounts: [{ name: "data", mountPath: "/data" }],
        }],
        volumes: [{ name: "data", persistentVolumeClaim: { claimName: "pvc-nfs" } }],
      },
    };
    eval(process.argv[2] ?? "");
    process.stdout.write(JSON.stringify(pod));
  ' "$@"
}

# refused TEXT JAVASCRIPT: the API server refuses such a pod with the text.
refused() {
  run s create --dry-run=server --filename - < <(stage refused "$2")
  echo "$output"
  [ "$status" -ne 0 ]
  [[ $output == *"$1"* ]]
}

# gets POD ADDRESS: whether something answers there.
gets() { s exec "$1" -- timeout 5 wget -q -O - "http://$2" 2>&1 | grep -E 'hello|400 Bad Request'; }
blocked() { ! gets "$@"; }

@test "its own test passes, and a second up changes nothing" {
  deploy test stages
  run deploy up stages
  [ "$status" -eq 0 ]
  run grep -E ' (created|configured)$' <<<"$output"
  echo "$output"
  [ "$status" -eq 1 ]
}

@test "a stage writes on the shared folder, as the user whose it is, and has requests and a limit" {
  s exec one -- sh -c 'echo from one >/data/one'
  [ "$(cat "$SHARED/one")" = 'from one' ]
  [ "$(stat -c %u "$SHARED/one")" = 10001 ]
  [ "$(s get pod one --output 'jsonpath={.spec.containers[0].resources.requests.cpu} {.spec.containers[0].resources.limits.memory}')" = '20m 2Gi' ]
}

@test "a stage reaches clic-master by its short name, and neither Redis, nor the API server, nor another stage" {
  local redis other
  redis=$(k get pod redis --output 'jsonpath={.status.podIP}') other=$(s get pod two --output 'jsonpath={.status.podIP}')
  # They are there for who is not a stage.
  k exec clic-master -- timeout 5 wget -q -O - "http://$redis:6379"
  k exec clic-master -- timeout 5 wget -q -O - http://kubernetes.default.svc:443 2>&1 | grep '400 Bad Request'
  cluster_within 30 gets one clic-master-svc:7777
  cluster_within 30 blocked one "$redis:6379"
  blocked one redis-svc:6379
  blocked one kubernetes.default.svc:443
  blocked one "$other:8080"
  gets one clic-master-svc:7777
}

@test "what a stage may not have is refused by the API server" {
  stage good | s create --dry-run=server --filename -
  cluster_within 30 refused 'a stage may not use the secrets of the environment' \
    'pod.spec.volumes.push({ name: "x", secret: { secretName: "redis-auth" } })'
  refused 'a stage may not use the secrets of the environment' \
    'pod.spec.containers[0].env = [{ name: "P", valueFrom: { secretKeyRef: { name: "redis-clic-master", key: "password" } } }]'
  refused 'a stage may not use the secrets of the environment' 'pod.spec.containers[0].envFrom = [{ secretRef: { name: "redis-auth" } }]'
  refused 'a stage may not use the secrets of the environment' \
    'pod.spec.volumes.push({ name: "x", projected: { sources: [{ secret: { name: "redis-auth" } }] } })'
  refused 'a stage gets no token' 'pod.spec.automountServiceAccountToken = true'
  s create serviceaccount another
  cluster_within 10 refused 'under the service account clic-stage or default' 'pod.spec.serviceAccountName = "another"'
  refused 'may not have the priority' 'pod.spec.priorityClassName = "system-node-critical"'
  refused hostPath 'pod.spec.volumes.push({ name: "x", hostPath: { path: "/" } })'
  refused 'violates PodSecurity "restricted' 'pod.spec.securityContext.runAsUser = 0; pod.spec.securityContext.runAsNonRoot = false'
}

@test "down takes the Jobs along and leaves the shared folder; with --delete-data all is gone" {
  s delete pod --all --now
  # shellcheck disable=SC2016
  s create job left --image busybox --dry-run=client --output json -- sleep 1000 |
    node -e 'const job = JSON.parse(require("fs").readFileSync(0)); job.metadata.labels = { "app.kubernetes.io/managed-by": "clic-master" }; process.stdout.write(JSON.stringify(job))' |
    s create --filename -
  deploy down stages --yes
  [ -z "$(s get jobs,networkpolicies --output name)" ]
  [ "$(s get persistentvolumeclaim pvc-nfs --output name)" = persistentvolumeclaim/pvc-nfs ]
  deploy down stages --yes --delete-data
  run kubectl get namespace "$STAGES"
  [ "$status" -eq 1 ]
  run kubectl get persistentvolume pv-nfs-stages
  [ "$status" -eq 1 ]
}
