# shellcheck shell=bash
# Keys, etcd, the API server, controllers and scheduler: what answers kubectl, without a node.

kubeadm_config() {
  cat <<YAML
apiVersion: kubeadm.k8s.io/v1beta4
kind: InitConfiguration
localAPIEndpoint: {advertiseAddress: $NODE_ADDRESS, bindPort: 6443}
nodeRegistration: {name: $NODE}
---
apiVersion: kubeadm.k8s.io/v1beta4
kind: ClusterConfiguration
kubernetesVersion: $KUBERNETES_VERSION
clusterName: clic-test
certificatesDir: $KEYS
controlPlaneEndpoint: $NODE_ADDRESS:6443
networking: {serviceSubnet: $SERVICES, podSubnet: $PODS, dnsDomain: cluster.local}
apiServer: {certSANs: [localhost, 127.0.0.1, $NODE_ADDRESS]}
YAML
}

# keys_fresh: they are there, and hold for another day. kubeadm makes them for a year.
keys_fresh() { [ -s "$ADMIN" ] && openssl x509 -checkend 86400 -noout -in "$KEYS/apiserver.crt" >/dev/null 2>&1; }

# keys_make: all certificates, and a kubeconfig for each who talks to the API server. The administrator's comes last: it says that all are there.
keys_make() {
  local name
  keys_fresh && return
  mkdir -p "$CONFIG"
  kubeadm_config >"$CONFIG/kubeadm.yaml"
  {
    kubeadm init phase certs all --config "$CONFIG/kubeadm.yaml" &&
      kubeadm init phase kubeconfig all --config "$CONFIG/kubeadm.yaml" --kubeconfig-dir "$CONFIG" &&
      for name in kube-proxy kube-router; do
        kubeadm kubeconfig user --config "$CONFIG/kubeadm.yaml" --client-name "system:$name" --validity-period 8760h >"$CONFIG/$name.conf"
      done
  } >"$LOG/keys.log" 2>&1 || {
    tail -n 15 "$LOG/keys.log" >&2
    fail "kubeadm could not make the keys: see $LOG/keys.log"
  }
  install -m 600 "$CONFIG/super-admin.conf" "$ADMIN"
  step 'keys are made'
}

# control_plane_up: waits until the API server answers. KCM_FLAGS and SCHEDULER_FLAGS are more flags for the two others, for measurements.
control_plane_up() {
  local own url=https://127.0.0.1:2379 k=$KEYS as name
  # Whose state is lost when the machine loses power: nothing is synced to the disk.
  daemon_start "$BIN/etcd" --name="$NODE" --data-dir="$STATE/etcd" --unsafe-no-fsync --log-level=warn \
    --listen-client-urls=$url --advertise-client-urls=$url \
    --listen-peer-urls=https://127.0.0.1:2380 --initial-advertise-peer-urls=https://127.0.0.1:2380 --initial-cluster="$NODE=https://127.0.0.1:2380" \
    --cert-file="$k/etcd/server.crt" --key-file="$k/etcd/server.key" --client-cert-auth --trusted-ca-file="$k/etcd/ca.crt" \
    --peer-cert-file="$k/etcd/peer.crt" --peer-key-file="$k/etcd/peer.key" --peer-client-cert-auth --peer-trusted-ca-file="$k/etcd/ca.crt"
  daemon_start "$BIN/kube-apiserver" --advertise-address="$NODE_ADDRESS" --bind-address="$NODE_ADDRESS" --secure-port=6443 --allow-privileged=true \
    --etcd-servers=$url --etcd-cafile="$k/etcd/ca.crt" --etcd-certfile="$k/apiserver-etcd-client.crt" --etcd-keyfile="$k/apiserver-etcd-client.key" \
    --authorization-mode=Node,RBAC --enable-admission-plugins=NodeRestriction,PodSecurity \
    --client-ca-file="$k/ca.crt" --tls-cert-file="$k/apiserver.crt" --tls-private-key-file="$k/apiserver.key" \
    --kubelet-client-certificate="$k/apiserver-kubelet-client.crt" --kubelet-client-key="$k/apiserver-kubelet-client.key" \
    --kubelet-preferred-address-types=InternalIP --service-cluster-ip-range="$SERVICES" \
    --service-account-issuer=https://kubernetes.default.svc.cluster.local --service-account-key-file="$k/sa.pub" --service-account-signing-key-file="$k/sa.key" \
    --requestheader-client-ca-file="$k/front-proxy-ca.crt" --requestheader-allowed-names=front-proxy-client \
    --requestheader-username-headers=X-Remote-User --requestheader-group-headers=X-Remote-Group --requestheader-extra-headers-prefix=X-Remote-Extra- \
    --proxy-client-cert-file="$k/front-proxy-client.crt" --proxy-client-key-file="$k/front-proxy-client.key" --profiling=false
  ready 'the API server answers' 120 "$BIN/kube-apiserver" kubectl get --raw /readyz
  # The default of 20 requests a second is what many Jobs at once would wait for.
  read -ra own <<<"${KCM_FLAGS---kube-api-qps=200 --kube-api-burst=400}"
  as=$CONFIG/controller-manager.conf
  daemon_start "$BIN/kube-controller-manager" --kubeconfig="$as" --authentication-kubeconfig="$as" --authorization-kubeconfig="$as" \
    --bind-address=127.0.0.1 --leader-elect=false --use-service-account-credentials=true --client-ca-file="$k/ca.crt" --root-ca-file="$k/ca.crt" \
    --cluster-signing-cert-file="$k/ca.crt" --cluster-signing-key-file="$k/ca.key" --service-account-private-key-file="$k/sa.key" \
    --requestheader-client-ca-file="$k/front-proxy-ca.crt" --allocate-node-cidrs=true --cluster-cidr="$PODS" --service-cluster-ip-range="$SERVICES" "${own[@]}"
  read -ra own <<<"${SCHEDULER_FLAGS-}"
  as=$CONFIG/scheduler.conf
  daemon_start "$BIN/kube-scheduler" --kubeconfig="$as" --authentication-kubeconfig="$as" --authorization-kubeconfig="$as" \
    --bind-address=127.0.0.1 --leader-elect=false "${own[@]}"
  kubectl apply --filename "$HERE/manifests/access.yaml" >/dev/null
}
