# Network policies are enforced on the cluster: what a policy denies in it is denied, so tests of our own policies mean something.

load ../lib/tools
load ../lib/cluster

setup_file() {
  cluster_begin
  k create --filename - <<'YAML'
apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: web}}
spec:
  containers:
  - name: web
    image: busybox
    imagePullPolicy: IfNotPresent
    command: [sh, -c, 'echo hello >/tmp/index.html; exec httpd -f -p 8080 -h /tmp']
    readinessProbe: {tcpSocket: {port: 8080}, periodSeconds: 1}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
---
apiVersion: v1
kind: Pod
metadata: {name: friend, labels: {role: friend}}
spec: {containers: [{name: shell, image: busybox, imagePullPolicy: IfNotPresent, command: [sleep, '100000']}]}
---
apiVersion: v1
kind: Pod
metadata: {name: stranger, labels: {role: stranger}}
spec: {containers: [{name: shell, image: busybox, imagePullPolicy: IfNotPresent, command: [sleep, '100000']}]}
YAML
  cluster_within 60 k wait --for=condition=Ready pod --all --timeout=1s
}
teardown_file() { cluster_end; }
teardown() { k delete networkpolicy --all >/dev/null; }

# policy NAME SPEC
policy() {
  k create --filename - <<YAML
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: $1}
spec: $2
YAML
}

# reaches POD: whether it gets the page by the Service's name. What is blocked is refused, but only after a second.
reaches() { [ "$(k exec "$1" -- timeout 5 wget -q -O - http://web)" = hello ]; }
blocked() { ! reaches "$1"; }

@test 'without a policy, every pod reaches every other by the name of its Service' {
  cluster_within 30 reaches friend
  cluster_within 30 reaches stranger
}

@test 'a policy that allows nobody keeps all out, until it is gone' {
  cluster_within 30 reaches friend
  policy nobody '{podSelector: {matchLabels: {app: web}}, policyTypes: [Ingress]}'
  cluster_within 30 blocked friend
  k delete networkpolicy nobody
  cluster_within 30 reaches friend
}

@test 'a policy that allows a label lets that in and nobody else' {
  cluster_within 30 reaches stranger
  policy friends '{podSelector: {matchLabels: {app: web}}, policyTypes: [Ingress],
    ingress: [{from: [{podSelector: {matchLabels: {role: friend}}}], ports: [{port: 8080}]}]}'
  cluster_within 30 blocked stranger
  reaches friend
}

@test 'a pod that may send nothing reaches nobody' {
  cluster_within 30 reaches stranger
  policy silent '{podSelector: {matchLabels: {role: stranger}}, policyTypes: [Egress]}'
  cluster_within 30 blocked stranger
  reaches friend
}
