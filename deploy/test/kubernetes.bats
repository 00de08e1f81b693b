# The scripts that make, join, reset and repair nodes.

# Tests define host_seed, which stubs_fresh calls.
# shellcheck disable=SC2317

load lib/stubs
load lib/host
load lib/tools

TOKEN=abcdef.0123456789abcdef
HASH=sha256:1111111111111111111111111111111111111111111111111111111111111111

setup_file() {
  need openssl
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=kubernetes -days 365 \
    -keyout "$BATS_FILE_TMPDIR/ca.key" -out "$BATS_FILE_TMPDIR/ca.crt" 2>/dev/null
}

setup() {
  need node
  MANIFEST=$BATS_TEST_TMPDIR/network.yaml
  printf 'apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata:\n  name: calico-node\n' >"$MANIFEST"
  SUM=sha256:$(sha256sum <"$MANIFEST" | cut -d ' ' -f 1)
  host_begin KUBERNETES_CONTROL_PLANE_ENDPOINT=10.0.0.1:6443 "KUBERNETES_CNI_MANIFEST=$MANIFEST" "KUBERNETES_CNI_SHA256=$SUM"
  stub_answer kubectl '* wait *' </dev/null
  kubeadm_with_certificate
  # So that no failure is waited for.
  export HEALTH_WAIT=0
}

# kubeadm writes a real CA, and what it was configured with is kept for the test.
kubeadm_with_certificate() {
  rm "$STUB_BIN/kubeadm"
  export BATS_FILE_TMPDIR
  cat >"$STUB_BIN/kubeadm" <<'BASH'
#!/usr/bin/env bash
[ "${2-}" != --config ] || cp "$3" "$BATS_TEST_TMPDIR/kubeadm-$1.yaml"
"$STUBS_FOLDER/kubeadm" "$@" || exit
case $1 in init | join)
  cp "$BATS_FILE_TMPDIR/ca.crt" "$HOST_ROOT/etc/kubernetes/pki/ca.crt"
  printf 'clusters:\n- cluster:\n    server: https://10.0.0.1:6443\n' >"$HOST_ROOT/etc/kubernetes/kubelet.conf"
  ;;
esac
BASH
  chmod +x "$STUB_BIN/kubeadm"
}

install() { "$DEPLOY/kubernetes/install-node.sh"; }
control_plane() { "$DEPLOY/kubernetes/control-plane.sh" --operator root; }
join_worker() { "$DEPLOY/kubernetes/join-worker.sh" --ca-hash "$HASH"; }

# field FILE EXPRESSION: of the kubeadm documents, which are called d.
field() { node "$DEPLOY/test/lib/kubeadm.mjs" "$1" | node -e "const d = JSON.parse(require('fs').readFileSync(0)); console.log($2)"; }

@test "install: a second run changes nothing" {
  second_run_changes_nothing "$DEPLOY/kubernetes/install-node.sh"
}

@test "install: every failure stops it, and another run succeeds" {
  every_failure_stops_and_rerun_succeeds "$DEPLOY/kubernetes/install-node.sh"
}

@test "install: --dry-run says what would be done and changes nothing" {
  changes_nothing "$DEPLOY/kubernetes/install-node.sh" --dry-run
  says 'would run: apt-get install'
  says 'would run: swapoff --all'
  # What br_netfilter brings is not there before it is loaded.
  says 'net.bridge.bridge-nf-call-iptables is unknown, not 1'
  says 'would run: sysctl --quiet --write net.bridge.bridge-nf-call-iptables=1'
}

@test "install: packages of one minor version from a source with its own key, held" {
  for os in debian ubuntu; do
    HOST_OS_RELEASE=$os stubs_fresh
    install
    [ "$(sed 1d "$HOST_ROOT/etc/apt/sources.list.d/kubernetes.list")" = 'deb [signed-by=/etc/apt/keyrings/kubernetes.asc] https://pkgs.k8s.io/core:/stable:/v1.35/deb/ /' ]
    grep -q 'content of https://pkgs.k8s.io/core:/stable:/v1.35/deb/Release.key' "$HOST_ROOT/etc/apt/keyrings/kubernetes.asc"
    [ "$(apt-mark showhold | xargs)" = 'kubeadm kubectl kubelet' ]
    [ -e "$STUB_STATE/packages/installed/containerd" ]
    if grep -q apt-key "$STUB_LOG"; then return 1; fi
  done
}

@test "install: swap, modules and sysctls are set now and for every later boot" {
  install
  [ ! -e "$STUB_STATE/swap" ]
  [ -z "$(awk '!/^#/ && $3 == "swap"' "$HOST_ROOT/etc/fstab")" ]
  grep -q '^# swap off for the kubelet: UUID=2f1a0f3c-0000-4000-8000-000000000002 none swap' "$HOST_ROOT/etc/fstab"
  grep -q '^UUID=.* / ext4' "$HOST_ROOT/etc/fstab"
  [ "$(sed 1d "$HOST_ROOT/etc/modules-load.d/clic-kubernetes.conf" | xargs)" = 'overlay br_netfilter' ]
  [ "$(sed 1d "$HOST_ROOT/etc/sysctl.d/99-zz-clic-kubernetes.conf" | sed 's/ = 1//' | xargs)" = 'net.bridge.bridge-nf-call-iptables net.bridge.bridge-nf-call-ip6tables net.ipv4.ip_forward' ]
  [ "$(cat "$STUB_STATE/sysctl/net.ipv4.ip_forward")" = 1 ]
  [ -e "$STUB_STATE/modules/br_netfilter" ]
}

@test "install: swap units and zram are kept from coming back" {
  host_seed() {
    mkdir -p "$STUB_STATE/systemd/active" "$STUB_STATE/systemd/enabled" "$HOST_ROOT/usr/lib/systemd/system-generators"
    : >"$STUB_STATE/systemd/active/dev-sda3.swap"
    : >"$STUB_STATE/systemd/enabled/zramswap"
    : >"$HOST_ROOT/usr/lib/systemd/system-generators/zram-generator"
  }
  second_run_changes_nothing "$DEPLOY/kubernetes/install-node.sh"
  [ -e "$STUB_STATE/systemd/masked/dev-sda3.swap" ]
  [ ! -e "$STUB_STATE/systemd/enabled/zramswap" ]
  run grep '^\[' "$HOST_ROOT/etc/systemd/zram-generator.conf"
  [ "$status" -eq 1 ]
}

@test "install: containerd takes the configuration, which leaves cgroups to systemd" {
  install
  rm "$STUB_BIN/containerd"
  need containerd
  containerd --config "$HOST_ROOT/etc/containerd/config.toml" config dump >"$BATS_TEST_TMPDIR/dump"
  grep -q 'SystemdCgroup = true' "$BATS_TEST_TMPDIR/dump"
  grep -q 'config_path = ["'\'']/etc/containerd/certs.d' "$BATS_TEST_TMPDIR/dump"
  grep -q 'registry.k8s.io/pause:3.10.1' "$BATS_TEST_TMPDIR/dump"
}

@test "install: mirrors of packages and images, and a private registry with its CA" {
  echo certificate >"$BATS_TEST_TMPDIR/ca.crt"
  cat >"$CLIC_ENV" <<ENV
KUBERNETES_PACKAGES_URL=https://mirrors.aliyun.com/kubernetes-new/core/stable
KUBERNETES_CONTAINERD_URL=https://mirrors.aliyun.com/docker-ce/linux
KUBERNETES_IMAGE_REPOSITORY=registry.aliyuncs.com/google_containers
KUBERNETES_MIRROR_DOCKER_IO=https://mirror.example
KUBERNETES_MIRROR_QUAY_IO=https://harbor.example/v2/quay
REGISTRY=registry.example:5000/clic
KUBERNETES_REGISTRY_CA=$BATS_TEST_TMPDIR/ca.crt
ENV
  second_run_changes_nothing "$DEPLOY/kubernetes/install-node.sh"
  certs=$HOST_ROOT/etc/containerd/certs.d
  grep -q '^deb .* https://mirrors.aliyun.com/kubernetes-new/core/stable/v1.35/deb/ /$' "$HOST_ROOT/etc/apt/sources.list.d/kubernetes.list"
  grep -q '^deb .* https://mirrors.aliyun.com/docker-ce/linux/debian bookworm stable$' "$HOST_ROOT/etc/apt/sources.list.d/containerd.list"
  [ -e "$STUB_STATE/packages/installed/containerd.io" ]
  [ ! -e "$STUB_STATE/packages/installed/containerd" ]
  grep -q 'CALL kubeadm config images list .*--image-repository registry.aliyuncs.com/google_containers' "$STUB_LOG"
  grep -qx 'server = "https://registry-1.docker.io"' "$certs/docker.io/hosts.toml"
  grep -qxF '[host."https://mirror.example"]' "$certs/docker.io/hosts.toml"
  grep -q override_path "$certs/docker.io/hosts.toml" && return 1
  grep -q 'override_path = true' "$certs/quay.io/hosts.toml"
  grep -qF "ca = \"/etc/containerd/certs.d/registry.example:5000/clic-ca.crt\"" "$certs/registry.example:5000/hosts.toml"
  grep -q certificate "$certs/registry.example:5000/clic-ca.crt"
  python3 -c 'import sys, tomllib; [tomllib.load(open(f, "rb")) for f in sys.argv[1:]]' "$certs"/*/hosts.toml
  # What is no longer set goes; what somebody else wrote stays.
  mkdir -p "$certs/registry.k8s.io"
  echo 'server = "https://by.hand"' >"$certs/registry.k8s.io/hosts.toml"
  printf 'REGISTRY=registry.example:5000/clic\nKUBERNETES_REGISTRY_INSECURE=true\n' >"$CLIC_ENV"
  install
  [ ! -e "$certs/docker.io/hosts.toml" ]
  [ -e "$certs/registry.k8s.io/hosts.toml" ]
  grep -qx 'server = "http://registry.example:5000"' "$certs/registry.example:5000/hosts.toml"
}

@test "install: what can't work is refused before anything is changed" {
  HOST_OS_RELEASE=rocky stubs_fresh
  refused 'rocky' "$DEPLOY/kubernetes/install-node.sh"
  stubs_fresh
  mkdir -p "$HOST_ROOT/etc/apt/sources.list.d"
  echo 'deb http://apt.kubernetes.io/ kubernetes-xenial main' >"$HOST_ROOT/etc/apt/sources.list.d/k8s-old.list"
  refused '/etc/apt/sources.list.d/k8s-old.list' "$DEPLOY/kubernetes/install-node.sh"
  stubs_fresh
  mkdir -p "$STUB_STATE/packages/installed"
  echo 1.34.2-1.1 >"$STUB_STATE/packages/installed/kubelet"
  refused 'kubelet 1.34.2-1.1 is installed' "$DEPLOY/kubernetes/install-node.sh"
  stubs_fresh
  rm "$HOST_ROOT/sys/fs/cgroup/cgroup.controllers"
  refused 'cgroup v1' "$DEPLOY/kubernetes/install-node.sh"
  stubs_fresh
  echo KUBERNETES_PACKAGES_URL=http://mirror.example/kubernetes >"$CLIC_ENV"
  refused 'plain HTTP' "$DEPLOY/kubernetes/install-node.sh"
  echo KUBERNETES_REGISTRY_INSECURE=true >"$CLIC_ENV"
  refused 'REGISTRY is not set' "$DEPLOY/kubernetes/install-node.sh"
  refused 'unknown option --no' "$DEPLOY/kubernetes/install-node.sh" --no
}

@test "control plane: a second run changes nothing" {
  second_run_changes_nothing "$DEPLOY/kubernetes/control-plane.sh" --operator root
}

@test "control plane: every failure stops it, and another run succeeds" {
  every_failure_stops_and_rerun_succeeds "$DEPLOY/kubernetes/control-plane.sh" --operator root
}

@test "control plane: --dry-run changes nothing" {
  changes_nothing "$DEPLOY/kubernetes/control-plane.sh" --operator root --dry-run
  says 'kind: ClusterConfiguration'
}

@test "control plane: kubeadm's configuration has the values, and no field that v1beta4 does not know" {
  {
    echo KUBERNETES_IMAGE_REPOSITORY=registry.aliyuncs.com/google_containers
    echo KUBERNETES_ADVERTISE_ADDRESS=10.0.0.1
    echo KUBERNETES_POD_NETWORK=10.200.0.0/16
  } >>"$CLIC_ENV"
  control_plane
  config=$BATS_TEST_TMPDIR/kubeadm-init.yaml
  [ "$(field "$config" 'd.map((each) => each.kind).join()')" = InitConfiguration,ClusterConfiguration,KubeletConfiguration ]
  [ "$(field "$config" 'd[0].localAPIEndpoint.advertiseAddress')" = 10.0.0.1 ]
  [ "$(field "$config" 'd[0].nodeRegistration.criSocket')" = unix:///run/containerd/containerd.sock ]
  [ "$(field "$config" 'd[1].controlPlaneEndpoint')" = 10.0.0.1:6443 ]
  [ "$(field "$config" 'd[1].kubernetesVersion')" = v1.35.1 ]
  [ "$(field "$config" 'd[1].imageRepository')" = registry.aliyuncs.com/google_containers ]
  [ "$(field "$config" 'd[1].networking.podSubnet')" = 10.200.0.0/16 ]
  [ "$(field "$config" 'd[2].cgroupDriver')" = systemd ]
  grep -q 'CALL kubeadm init .*--skip-token-print' "$STUB_LOG"
}

@test "control plane: the operator gets a kubeconfig that nobody else can read; one that is there stays" {
  control_plane
  [ "$(stat -c %a "$HOST_ROOT/root/.kube/config")" = 600 ]
  cmp "$HOST_ROOT/etc/kubernetes/admin.conf" "$HOST_ROOT/root/.kube/config"
  echo 'other clusters' >"$HOST_ROOT/root/.kube/config"
  run control_plane
  [ "$status" -eq 0 ]
  says 'is another one and stays'
  grep -qx 'other clusters' "$HOST_ROOT/root/.kube/config"
}

@test "control plane: says how a worker joins, with the hash of its CA and without a token" {
  run control_plane
  [ "$status" -eq 0 ]
  # As the Kubernetes documentation computes it.
  hash=$(openssl x509 -pubkey -in "$BATS_FILE_TMPDIR/ca.crt" | openssl pkey -pubin -outform der 2>/dev/null | openssl dgst -sha256 -hex | sed 's/^.* //')
  says "--ca-hash sha256:$hash"
  grep -rqE '[a-z0-9]{6}\.[a-z0-9]{16}' "$HOST_ROOT/etc/clic-deploy" && return 1
  grep -q 'token create' "$STUB_LOG" && return 1
  true
}

@test "control plane: another manifest than the one that was meant, none, and missing values are refused" {
  echo '# changed' >>"$MANIFEST"
  refused 'not the manifest that was meant' "$DEPLOY/kubernetes/control-plane.sh" --operator root
  rm "$MANIFEST"
  refused 'could not be read' "$DEPLOY/kubernetes/control-plane.sh" --operator root
  echo KUBERNETES_CONTROL_PLANE_ENDPOINT=10.0.0.1:6443 >"$CLIC_ENV"
  refused 'KUBERNETES_CNI_SHA256 is not set' "$DEPLOY/kubernetes/control-plane.sh" --operator root
  : >"$CLIC_ENV"
  refused 'KUBERNETES_CONTROL_PLANE_ENDPOINT is not set' "$DEPLOY/kubernetes/control-plane.sh" --operator root
  printf 'KUBERNETES_VERSION=1.36\nKUBERNETES_CONTROL_PLANE_ENDPOINT=10.0.0.1:6443\nKUBERNETES_CNI_SHA256=%s\n' "$SUM" >"$CLIC_ENV"
  refused 'kubeadm is v1.35.1' "$DEPLOY/kubernetes/control-plane.sh" --operator root
}

@test "join: a second run changes nothing, and needs no token" {
  echo "$TOKEN" >"$BATS_TEST_TMPDIR/token"
  second_run_changes_nothing "$DEPLOY/kubernetes/join-worker.sh" --ca-hash "$HASH" --token-file "$BATS_TEST_TMPDIR/token"
  run join_worker </dev/null
  [ "$status" -eq 0 ]
  says 'a worker already'
}

@test "join: every failure stops it, and another run succeeds" {
  echo "$TOKEN" >"$BATS_TEST_TMPDIR/token"
  every_failure_stops_and_rerun_succeeds "$DEPLOY/kubernetes/join-worker.sh" --ca-hash "$HASH" --token-file "$BATS_TEST_TMPDIR/token"
}

@test "join: the token reaches kubeadm and is nowhere else, whether the join succeeds or fails" {
  run join_worker < <(echo "$TOKEN")
  [ "$status" -eq 0 ]
  [ "$(field "$BATS_TEST_TMPDIR/kubeadm-join.yaml" 'd[0].discovery.bootstrapToken.token')" = "$TOKEN" ]
  [ "$(field "$BATS_TEST_TMPDIR/kubeadm-join.yaml" 'd[0].discovery.bootstrapToken.caCertHashes[0]')" = "$HASH" ]
  [ "$(field "$BATS_TEST_TMPDIR/kubeadm-join.yaml" 'd[0].discovery.bootstrapToken.apiServerEndpoint')" = 10.0.0.1:6443 ]
  nowhere() {
    [[ "$output" != *"$TOKEN"* ]]
    grep -rqF "$TOKEN" "$HOST_ROOT" "$STUB_STATE" "$STUB_LOG" && return 1
    [ ! -e "$HOST_ROOT/etc/kubernetes/admin.conf" ]
  }
  nowhere
  stubs_fresh
  export STUB_FAIL=kubeadm:2
  run join_worker < <(echo "$TOKEN")
  [ "$status" -eq 1 ]
  says 'this failed: kubeadm join'
  nowhere
}

@test "join: the configuration that kubeadm reads can be read by nobody else" {
  stub_tool kubeadm <<'BASH'
case $1 in version) echo v1.35.1 ;; join) stat -c %a "$3" "$(dirname "$3")" >"$STUB_STATE/modes" ;; esac
BASH
  join_worker < <(echo "$TOKEN")
  [ "$(xargs <"$STUB_STATE/modes")" = '600 700' ]
}

@test "join: a token among the arguments, none, a wrong one, and a missing hash are refused" {
  refused 'can be seen by everybody' "$DEPLOY/kubernetes/join-worker.sh" --ca-hash "$HASH" --token "$TOKEN"
  refused 'is not a bootstrap token' "$DEPLOY/kubernetes/join-worker.sh" --ca-hash "$HASH"
  refused '--ca-hash is missing' "$DEPLOY/kubernetes/join-worker.sh"
  refused 'is not sha256:' "$DEPLOY/kubernetes/join-worker.sh" --ca-hash md5:1
  refused 'is not host:port' "$DEPLOY/kubernetes/join-worker.sh" --ca-hash "$HASH" --endpoint nowhere
  changes_nothing "$DEPLOY/kubernetes/join-worker.sh" --ca-hash "$HASH" --dry-run
}

@test "join: a control plane is not made a worker" {
  control_plane
  : >"$STUB_LOG"
  run join_worker </dev/null
  [ "$status" -eq 2 ]
  says 'is a control plane'
  [ -z "$(changes)" ]
}

# A worker with what a network plugin and a pod with the shared folder left.
worker_files() {
  mkdir -p "$HOST_ROOT/etc/kubernetes/pki" "$HOST_ROOT/etc/cni/net.d" "$HOST_ROOT/var/lib/cni" "$STUB_STATE/systemd/active" "$HOST_ROOT/sys/class/net/vxlan.calico" "$HOST_ROOT/nfs/data"
  printf 'clusters:\n- cluster:\n    server: https://10.0.0.1:6443\n' >"$HOST_ROOT/etc/kubernetes/kubelet.conf"
  cp "$BATS_FILE_TMPDIR/ca.crt" "$HOST_ROOT/etc/kubernetes/pki/ca.crt"
  : >"$HOST_ROOT/etc/cni/net.d/10-calico.conflist"
  : >"$STUB_STATE/systemd/active/kubelet"
  echo precious >"$HOST_ROOT/nfs/data/file"
  mkdir -p "$HOST_ROOT/run/calico/cgroup"
  ln -s ../run "$HOST_ROOT/var/run"
  printf '10.0.0.5:/nfs/data %s nfs4 rw\n' /nfs/data /var/lib/kubelet/pods/1/volumes/kubernetes.io~nfs/pv-nfs >"$STUB_STATE/mounts"
  printf 'none /run/calico/cgroup cgroup2 rw\n' >>"$STUB_STATE/mounts"
}

seed_worker() {
  host_seed() { worker_files; }
  stub_tool ip <<'BASH'
if [ "$1 $2" = 'link delete' ]; then
  rmdir "$HOST_ROOT/sys/class/net/$3"
  stub_change
fi
BASH
  stubs_fresh
}

@test "reset: asks for --yes without a terminal, and --dry-run changes nothing" {
  seed_worker
  refused 'say --yes' "$DEPLOY/kubernetes/reset-node.sh"
  changes_nothing "$DEPLOY/kubernetes/reset-node.sh" --dry-run
  says 'would run: kubeadm reset'
}

@test "reset: a second run changes nothing, data stay" {
  seed_worker
  second_run_changes_nothing "$DEPLOY/kubernetes/reset-node.sh" --yes
  [ "$(cat "$HOST_ROOT/nfs/data/file")" = precious ]
  [ "$(cat "$STUB_STATE/mounts")" = '10.0.0.5:/nfs/data /nfs/data nfs4 rw' ]
  [ ! -e "$HOST_ROOT/etc/cni/net.d" ]
  [ ! -e "$HOST_ROOT/sys/class/net/vxlan.calico" ]
}

@test "reset: volumes are unmounted before kubeadm clears the kubelet's folder" {
  seed_worker
  "$DEPLOY/kubernetes/reset-node.sh" --yes
  [ "$(sed -nE 's/^CALL (umount|kubeadm) .*/\1/p' "$STUB_LOG" | xargs)" = 'umount kubeadm umount' ]
}

@test "reset: what Calico mounted below its folder is unmounted before the folder is removed, and no other file system is entered" {
  seed_worker
  # In a cgroup2 nothing can be deleted, whoever tries.
  stub_tool rm <<'BASH'
case "$*" in */run/calico)
  if grep -q ' /run/calico/' "$STUB_STATE/mounts"; then stub_die "cannot remove '/run/calico/cgroup/cgroup.procs': Operation not permitted"; fi
  ;;
esac
exec "$(stub_real)" "$@"
BASH
  "$DEPLOY/kubernetes/reset-node.sh" --yes
  grep -q "^CALL rm -rf --one-file-system $HOST_ROOT/var/run/calico\$" "$STUB_LOG"
  [ ! -e "$HOST_ROOT/run/calico" ]
  [ -d "$HOST_ROOT/run" ]
}

@test "reset: nothing is reset while a volume can't be unmounted, or mounts can't be told" {
  seed_worker
  for tool in umount findmnt; do
    STUB_FAIL=$tool:1 run "$DEPLOY/kubernetes/reset-node.sh" --yes
    [ "$status" -eq 1 ]
    [ -z "$(calls kubeadm)" ]
    stubs_fresh
  done
}

@test "reset: every failure stops it, and another run succeeds" {
  seed_worker
  every_failure_stops_and_rerun_succeeds "$DEPLOY/kubernetes/reset-node.sh" --yes
}

# A worker that has been installed, and whose clock, disk and cluster are well.
seed_repair() {
  seed_worker
  host_seed() {
    worker_files
    mkdir -p "$HOST_ROOT/etc/containerd"
    echo 'SystemdCgroup = true' >"$HOST_ROOT/etc/containerd/config.toml"
    echo yes >"$STUB_STATE/clock"
    echo ' 40%   3%' >"$STUB_STATE/disk"
  }
  stub_tool timedatectl <<'BASH'
case "$*" in
*NTPSynchronized*) cat "$STUB_STATE/clock" ;;
*CanNTP*) echo yes ;;
'set-ntp true') echo yes >"$STUB_STATE/clock" && stub_change ;;
esac
BASH
  # shellcheck disable=SC2016  # for the stub
  stub_tool df <<<'printf "Use%% IUse%%\n%s\n" "$(cat "$STUB_STATE/disk")"'
  stub_answer kubectl '*get node*' < <(printf True)
  stubs_fresh
}

@test "repair: puts right what keeps a node NotReady, for later boots too, and a second run changes nothing" {
  seed_repair
  second_run_changes_nothing "$DEPLOY/kubernetes/repair-node.sh"
  grep -q '^ok  *swap is off' "$BATS_TEST_TMPDIR/stubs/out"
  grep -vq '^ok ' "$BATS_TEST_TMPDIR/stubs/out" && return 1
  stubs_fresh
  echo no >"$STUB_STATE/clock"
  run "$DEPLOY/kubernetes/repair-node.sh"
  [ "$status" -eq 0 ]
  for text in 'swap is off' 'swap stays off after a reboot' 'modules are loaded after a reboot' 'sysctls are set after a reboot' 'containerd runs' 'the clock is synchronized'; do
    says "fixed  $text"
  done
  says 'ok     the cluster sees this node as Ready'
  # The kubelet starts again with what was put right, and swap does not come back.
  grep -q 'CHANGE systemctl restart kubelet' "$STUB_LOG"
  [ -z "$(awk '!/^#/ && $3 == "swap"' "$HOST_ROOT/etc/fstab")" ]
  [ -e "$STUB_STATE/systemd/enabled/kubelet" ]
}

@test "repair: every failure stops it, and another run succeeds" {
  seed_repair
  STUB_TIMEOUT=120 every_failure_stops_and_rerun_succeeds "$DEPLOY/kubernetes/repair-node.sh"
}

@test "repair: --check-only and --dry-run change nothing" {
  seed_repair
  before=$(stubs_state)
  run "$DEPLOY/kubernetes/repair-node.sh" --check-only
  [ "$status" -eq 1 ]
  says 'BAD    swap is off: /dev/sda2 is swapped to'
  says 'BAD    modules overlay br_netfilter are loaded'
  [ "$before" = "$(stubs_state)" ]
  run "$DEPLOY/kubernetes/repair-node.sh" --dry-run
  says 'would run: swapoff --all'
  [ "$before" = "$(stubs_state)" ]
  [ -z "$(changes)" ]
}

@test "repair: names what it can't repair" {
  seed_repair
  echo ' 97%   3%' >"$STUB_STATE/disk"
  mkdir -p "$HOST_ROOT/var/lib/kubelet/pki"
  # A certificate of the past.
  openssl x509 -in "$BATS_FILE_TMPDIR/ca.crt" -signkey "$BATS_FILE_TMPDIR/ca.key" -days -1 -out "$HOST_ROOT/var/lib/kubelet/pki/kubelet-client-current.pem" 2>/dev/null
  stub_answer curl '*10.0.0.1*' 7 </dev/null
  stub_answer kubectl '*get node*' < <(printf False)
  run "$DEPLOY/kubernetes/repair-node.sh"
  [ "$status" -eq 1 ]
  says 'BAD    there is room on the disks: /var/lib/kubelet: 97 %'
  says 'kubelet-client-current.pem has ended; reset-node.sh, then join-worker.sh'
  says 'BAD    the API server answers: https://10.0.0.1:6443 does not answer'
  says 'BAD    the cluster sees this node as Ready: its Ready is False'
}

@test "repair: --restart restarts what was well too" {
  seed_repair
  "$DEPLOY/kubernetes/repair-node.sh"
  : >"$STUB_LOG"
  "$DEPLOY/kubernetes/repair-node.sh" --restart
  [ "$(changes)" = $'systemctl restart containerd\nsystemctl restart kubelet' ]
}
