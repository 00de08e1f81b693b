# The images that tests use on the cluster: that of stages, and those of this repository as its Dockerfile makes them.

load ../lib/tools
load ../lib/docker
load ../lib/cluster
load ../lib/cluster-images

setup_file() {
  cluster_begin
  cluster_add_stage_image
  cluster_add_clic_images
}
teardown_file() { cluster_end; }

@test 'a stage with Python runs from the image for stages' {
  job python "$STAGE_IMAGE" python3 -c 'print(6 * 7)'
  [ "$(job_ends python 60)" = Complete ]
  [ "$(k logs job/python)" = 42 ]
}

@test 'clic in one pod asks clic-master in another, by the name of its Service' {
  k create --filename - <<YAML
apiVersion: v1
kind: Pod
metadata: {name: clic-master, labels: {app: clic-master}}
spec:
  securityContext: {fsGroup: 10001}
  containers:
  - name: clic-master
    image: $CLIC_MASTER_IMAGE
    imagePullPolicy: IfNotPresent
    # A folder of its own in the volume, which everybody may write to.
    args: [--host=0.0.0.0, --allow-remote, --state-dir=/var/lib/clic-master/state]
    readinessProbe: {tcpSocket: {port: 7777}, periodSeconds: 1}
    volumeMounts: [{name: state, mountPath: /var/lib/clic-master}]
  volumes: [{name: state, emptyDir: {}}]
---
apiVersion: v1
kind: Service
metadata: {name: clic-master-svc}
spec: {selector: {app: clic-master}, ports: [{port: 7777}]}
---
apiVersion: v1
kind: Pod
metadata: {name: clic}
spec: {containers: [{name: clic, image: $CLIC_IMAGE, imagePullPolicy: IfNotPresent, command: [sleep, '100000'], env: [{name: CLIC_MASTER_HOST, value: clic-master-svc}]}]}
YAML
  cluster_within 60 k wait --for=condition=Ready pod/clic pod/clic-master --timeout=1s
  cluster_within 30 k exec clic -- clic -list_task
}

@test 'an image that is pushed to the registry of the node is pulled where the policy is Always' {
  "$CLUSTER_DIR/add-image" --push "$STAGE_IMAGE"
  k run pulled --image "$STAGE_IMAGE" --image-pull-policy Always --restart Never --command -- true
  cluster_within 60 ended pulled
}

ended() { [ "$(k get pod "$1" --output 'jsonpath={.status.phase}')" = Succeeded ]; }
