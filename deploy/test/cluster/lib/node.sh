# shellcheck shell=bash
# The node: containerd with a registry, kubelet, kube-proxy, kube-router for network policies, and the cluster's name server.

# The registry is where containerd looks for every image that it does not have, under whatever host: the real ones are out of reach.
registry_up() {
  local program
  program=$(command -v docker-registry)
  configure "$program" "$CONFIG/registry.yaml" <<YAML
version: 0.1
log: {level: warn}
storage: {filesystem: {rootdirectory: $STATE/registry}, delete: {enabled: true}}
http: {addr: "$REGISTRY"}
YAML
  daemon_start "$program" serve "$CONFIG/registry.yaml"
  configure "$BIN/containerd" "$CONFIG/registries/_default/hosts.toml" <<TOML
server = "http://$REGISTRY"
[host."http://$REGISTRY"]
  capabilities = ["pull", "resolve"]
TOML
}

containerd_up() {
  configure "$BIN/containerd" "$CONFIG/cni/10-bridge.conflist" <<JSON
{"cniVersion": "1.0.0", "name": "clic-cluster", "plugins": [
  {"type": "bridge", "bridge": "cni0", "isGateway": true, "hairpinMode": true,
    "ipam": {"type": "host-local", "ranges": [[{"subnet": "$NODE_PODS"}]], "routes": [{"dst": "0.0.0.0/0"}], "dataDir": "$STATE/cni"}},
  {"type": "portmap", "capabilities": {"portMappings": true}}]}
JSON
  # restrict_oom_score_adj: in containers and small virtual machines, root may have no CAP_SYS_RESOURCE.
  # netns_mounts_under_state_dir: so that all mounts are below one folder, and go with it.
  configure "$BIN/containerd" "$CONFIG/containerd.toml" <<TOML
version = 3
root = "$STATE/containerd"
state = "$RUN/containerd"
disabled_plugins = ["io.containerd.nri.v1.nri"]
[grpc]
  address = "$CONTAINERD_SOCKET"
[plugins.'io.containerd.cri.v1.runtime']
  disable_apparmor = true
  restrict_oom_score_adj = true
  tolerate_missing_hugetlb_controller = true
  enable_unprivileged_ports = true
  enable_unprivileged_icmp = true
  netns_mounts_under_state_dir = true
  [plugins.'io.containerd.cri.v1.runtime'.cni]
    bin_dirs = ["/usr/lib/cni"]
    conf_dir = "$CONFIG/cni"
  [plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
    runtime_path = "$BIN/containerd-shim-runc-v2"
    [plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc.options]
      BinaryName = "$(command -v runc)"
      SystemdCgroup = false
[plugins.'io.containerd.cri.v1.images']
  snapshotter = "overlayfs"
  [plugins.'io.containerd.cri.v1.images'.pinned_images]
    sandbox = "$PAUSE_IMAGE"
  [plugins.'io.containerd.cri.v1.images'.registry]
    config_path = "$CONFIG/registries"
TOML
  daemon_start "$BIN/containerd" --config="$CONFIG/containerd.toml"
  ready 'containerd answers' 60 "$BIN/containerd" containers version
  import_images
}

# Images can't be pulled again, so none is collected. Pods get no name server of the machine's.
kubelet_up() {
  configure "$BIN/kubelet" "$CONFIG/resolv.conf" </dev/null
  configure "$BIN/kubelet" "$CONFIG/kubelet.yaml" <<YAML
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
failCgroupV1: false
cgroupDriver: cgroupfs
containerRuntimeEndpoint: unix://$CONTAINERD_SOCKET
podLogsDir: $STATE/pod-logs
clusterDNS: [$DNS_ADDRESS]
clusterDomain: cluster.local
resolvConf: $CONFIG/resolv.conf
address: $NODE_ADDRESS
healthzBindAddress: 127.0.0.1
authentication: {anonymous: {enabled: false}, webhook: {enabled: true}, x509: {clientCAFile: $KEYS/ca.crt}}
authorization: {mode: Webhook}
failSwapOn: false
makeIPTablesUtilChains: false
oomScoreAdj: 0
maxOpenFiles: 20000
imageGCHighThresholdPercent: 100
imageGCLowThresholdPercent: 99
evictionHard: {memory.available: 100Mi, nodefs.available: 1Gi, nodefs.inodesFree: 1%, imagefs.available: 1Gi}
volumePluginDir: $STATE/kubelet/volume-plugins
syncFrequency: 20s
YAML
  daemon_start "$BIN/kubelet" --config="$CONFIG/kubelet.yaml" --kubeconfig="$CONFIG/kubelet.conf" --root-dir="$STATE/kubelet" \
    --hostname-override="$NODE" --node-ip="$NODE_ADDRESS"
}

kube_proxy_up() {
  configure "$BIN/kube-proxy" "$CONFIG/kube-proxy.yaml" <<YAML
apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
mode: nftables
clusterCIDR: $PODS
bindAddress: $NODE_ADDRESS
healthzBindAddress: 127.0.0.1:10256
metricsBindAddress: 127.0.0.1:10249
nodePortAddresses: [$NODE_ADDRESS/32]
hostnameOverride: $NODE
oomScoreAdj: 0
clientConnection: {kubeconfig: $CONFIG/kube-proxy.conf}
conntrack: {maxPerCore: 0, min: 0, tcpEstablishedTimeout: 0s, tcpCloseWaitTimeout: 0s}
YAML
  daemon_start "$BIN/kube-proxy" --config="$CONFIG/kube-proxy.yaml"
}

# kube-router's firewall alone: it enforces network policies. What one before has left goes first, so that rules tell that this one is at work.
kube_router_up() {
  if [ -z "$(daemon_pids "$BIN/kube-router")" ]; then policy_rules_remove; fi
  daemon_start "$BIN/kube-router" --run-firewall=true --run-router=false --run-service-proxy=false --enable-cni=false \
    --kubeconfig="$CONFIG/kube-router.conf" --hostname-override="$NODE" --service-cluster-ip-range="$SERVICES" --iptables-sync-period=1m --health-port=0
}

# node_up: waits until pods can run, network policies hold, and names are found.
node_up() {
  base_images
  registry_up
  containerd_up
  kubelet_up
  kube_proxy_up
  sed -e "s|DNS_ADDRESS|$DNS_ADDRESS|; s|DNS_IMAGE|$DNS_IMAGE|" "$HERE/manifests/dns.yaml" | kubectl apply --filename - >/dev/null
  ready 'the node is Ready' 120 "$BIN/kubelet" node_ready
  # It ends when the node is not known.
  kube_router_up
  ready 'network policies are enforced' 60 "$BIN/kube-router" iptables -S KUBE-ROUTER-FORWARD
  ready 'the name server answers' 120 "$BIN/kubelet" timeout 2 busybox nslookup kubernetes.default.svc.cluster.local "$DNS_ADDRESS"
}

# What the API server has of a node is old after a kill, so kubelet is asked, too.
node_ready() { kubectl get --raw "/api/v1/nodes/$NODE/proxy/healthz" && kubectl wait --for=condition=Ready "node/$NODE" --timeout=1s; }
