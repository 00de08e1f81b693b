# The shared folder: the scripts for its server and its clients, and the volume and claim in the cluster.

load lib/stubs
load lib/host
load lib/tools

setup() {
  # The owner of the folder: root in the tests can give it to anybody, others only to themselves.
  if [ "$(id -u)" -eq 0 ]; then OWNER=10001 GROUP=10001; else OWNER=$(id -u) GROUP=$(id -g); fi
  host_begin NFS_SERVER=10.0.0.5 NFS_NETWORKS=10.0.0.0/24,192.168.7.0/24 "NFS_UID=$OWNER" "NFS_GID=$GROUP"
  stub_tool systemd-sysusers </dev/null
  automount_mounts
}

# systemctl start of an automount also mounts it, as using the folder does on a real machine.
automount_mounts() {
  rm "$STUB_BIN/systemctl"
  cat >"$STUB_BIN/systemctl" <<'BASH'
#!/usr/bin/env bash
status=0
"$STUBS_FOLDER/systemctl" "$@" || status=$?
case "$status $*" in '0 start '*.automount) awk '$3 == "nfs" {print $1, $2, "nfs4", "rw"}' "$HOST_ROOT/etc/fstab" >>"$STUB_STATE/mounts" ;; esac
exit "$status"
BASH
  chmod +x "$STUB_BIN/systemctl"
}

@test "server: a second run changes nothing" {
  second_run_changes_nothing "$DEPLOY/nfs/nfs-server.sh"
}

@test "server: every failure stops it, and another run succeeds" {
  every_failure_stops_and_rerun_succeeds "$DEPLOY/nfs/nfs-server.sh"
}

@test "server: exports only to the networks, with every client squashed to one user" {
  "$DEPLOY/nfs/nfs-server.sh"
  options="rw,sync,no_subtree_check,sec=sys,root_squash,all_squash,anonuid=$OWNER,anongid=$GROUP"
  [ "$(cat "$STUB_STATE/exports")" = "/nfs/data 10.0.0.0/24($options) 192.168.7.0/24($options)" ]
  grep -q no_root_squash "$HOST_ROOT/etc/exports.d/clic.exports" && return 1
  [ "$(stat -c '%a %u:%g' "$HOST_ROOT/nfs/data")" = "2770 $OWNER:$GROUP" ]
  [ -z "$(find "$HOST_ROOT" -perm -0002 ! -type l)" ]
}

@test "server: another network is exported at once, and nothing is restarted for it" {
  "$DEPLOY/nfs/nfs-server.sh"
  : >"$STUB_LOG"
  sed -i s,192.168.7.0/24,192.168.8.0/24, "$CLIC_ENV"
  "$DEPLOY/nfs/nfs-server.sh"
  grep -q '192.168.8.0/24' "$STUB_STATE/exports"
  [ "$(changes)" = 'exportfs -ra' ]
}

@test "server: works on Ubuntu, refuses what is neither Debian nor Ubuntu" {
  HOST_OS_RELEASE=ubuntu stubs_fresh
  "$DEPLOY/nfs/nfs-server.sh"
  HOST_OS_RELEASE=rocky stubs_fresh
  refused 'rocky' "$DEPLOY/nfs/nfs-server.sh"
}

@test "server: an export made by hand is named and nothing is changed" {
  printf '# shares\n/nfs/data *(rw,no_root_squash)\n' >"$HOST_ROOT/etc/exports"
  refused '/etc/exports:2' "$DEPLOY/nfs/nfs-server.sh"
  printf '/nfs *(rw)\n' >"$HOST_ROOT/etc/exports"
  refused '/etc/exports:1' "$DEPLOY/nfs/nfs-server.sh"
  printf '/nfs/database *(rw)\n' >"$HOST_ROOT/etc/exports"
  "$DEPLOY/nfs/nfs-server.sh"
}

@test "server: everybody as network, a folder of the system, root as owner, an unset value are refused" {
  printf 'NFS_NETWORKS=0.0.0.0/0\n' >"$CLIC_ENV"
  refused 'which is everybody' "$DEPLOY/nfs/nfs-server.sh"
  printf 'NFS_NETWORKS=10.0.0.0/8\nNFS_PATH=/var/lib\n' >"$CLIC_ENV"
  refused 'NFS_PATH is /var/lib' "$DEPLOY/nfs/nfs-server.sh"
  printf 'NFS_NETWORKS=10.0.0.0/8\nNFS_UID=0\n' >"$CLIC_ENV"
  refused 'must not be root' "$DEPLOY/nfs/nfs-server.sh"
  : >"$CLIC_ENV"
  refused 'NFS_NETWORKS is not set' "$DEPLOY/nfs/nfs-server.sh"
}

@test "server: who is not root is told so" {
  stub_tool id <<<'echo 1000'
  HOST_ROOT='' run "$DEPLOY/nfs/nfs-server.sh"
  [ "$status" -eq 2 ]
  says 'run it as root'
  [ -z "$(changes)" ]
}

@test "server: files and open folders of an earlier installation are named" {
  mkdir -p "$HOST_ROOT/nfs/data/jars"
  chmod 777 "$HOST_ROOT/nfs/data/jars"
  run "$DEPLOY/nfs/nfs-server.sh"
  [ "$status" -eq 0 ]
  says '/nfs/data/jars is writable for everybody'
}

@test "server and client: --dry-run says what would be done and changes nothing" {
  changes_nothing "$DEPLOY/nfs/nfs-server.sh" --dry-run
  says 'would run: exportfs -ra'
  says 'would write /etc/exports.d/clic.exports'
  changes_nothing "$DEPLOY/nfs/nfs-client.sh" --dry-run
  says 'x-systemd.automount'
}

@test "client: a second run changes nothing" {
  second_run_changes_nothing "$DEPLOY/nfs/nfs-client.sh"
}

@test "client: every failure stops it, and another run succeeds" {
  every_failure_stops_and_rerun_succeeds "$DEPLOY/nfs/nfs-client.sh"
}

@test "client: the fstab has one line for the mount, in the place of an older one, and util-linux takes it" {
  printf '%s\n' '# by hand' '10.0.0.9:/old /nfs/data nfs defaults 0 0' '/dev/sdb1 /data ext4 defaults 0 2' >"$HOST_ROOT/etc/fstab"
  "$DEPLOY/nfs/nfs-client.sh"
  [ "$(wc -l <"$HOST_ROOT/etc/fstab")" -eq 3 ]
  line=$(sed -n 2p "$HOST_ROOT/etc/fstab")
  [ "$line" = '10.0.0.5:/nfs/data /nfs/data nfs nfsvers=4.2,hard,noatime,_netdev,nofail,x-systemd.automount,x-systemd.mount-timeout=30s 0 0' ]
  rm "$STUB_BIN/findmnt"
  need findmnt
  printf '%s\n' "${line/ \/nfs\/data / $BATS_TEST_TMPDIR }" >"$BATS_TEST_TMPDIR/fstab"
  findmnt --verify --tab-file "$BATS_TEST_TMPDIR/fstab"
}

@test "client: the automount is started under the name that systemd gives it" {
  printf 'NFS_SERVER=10.0.0.5\nNFS_MOUNT=/srv/clic-data\n' >"$CLIC_ENV"
  "$DEPLOY/nfs/nfs-client.sh"
  [ -e "$STUB_STATE/systemd/active/srv-clic\\x2ddata.automount" ]
  need systemd-escape
  [ "$(systemd-escape --path --suffix=automount /srv/clic-data)" = 'srv-clic\x2ddata.automount' ]
}

@test "client: an address of IPv6 is put in brackets" {
  printf 'NFS_SERVER=fd00::5\n' >"$CLIC_ENV"
  "$DEPLOY/nfs/nfs-client.sh"
  grep -q '^\[fd00::5\]:/nfs/data ' "$HOST_ROOT/etc/fstab"
}

@test "client: a folder that nothing is mounted on, or that can't be written, is a failure" {
  rm "$STUB_BIN/systemctl"
  ln -s "$STUBS_FOLDER/systemctl" "$STUB_BIN/systemctl"
  run "$DEPLOY/nfs/nfs-client.sh"
  [ "$status" -eq 1 ]
  says 'is not mounted on it'
  automount_mounts
  stub_tool timeout <<<'exit 124'
  run "$DEPLOY/nfs/nfs-client.sh"
  [ "$status" -eq 1 ]
  says "can't be written"
}

@test "client: an unset server, another file system or another share at the mount point are refused" {
  printf 'NFS_NETWORKS=10.0.0.0/8\n' >"$CLIC_ENV"
  refused 'NFS_SERVER is not set' "$DEPLOY/nfs/nfs-client.sh"
  printf 'NFS_SERVER=10.0.0.5\n' >"$CLIC_ENV"
  printf '/dev/sdb1 /nfs/data ext4 defaults 0 2\n' >"$HOST_ROOT/etc/fstab"
  refused 'type ext4' "$DEPLOY/nfs/nfs-client.sh"
  : >"$HOST_ROOT/etc/fstab"
  printf '10.0.0.9:/old /nfs/data nfs rw\n' >"$STUB_STATE/mounts"
  refused '10.0.0.9:/old is mounted' "$DEPLOY/nfs/nfs-client.sh"
}

@test "cluster: volume and claim name each other and no class, whatever the namespace" {
  need kustomize
  printf 'NFS_SERVER=10.0.0.5\nNFS_PATH=/export/clic\nNFS_SIZE=20Gi\nNAMESPACE=elsewhere\n' >"$CLIC_ENV"
  "$DEPLOY/deploy.sh" render "$BATS_TEST_TMPDIR/out" nfs
  node --input-type=module - "$BATS_TEST_TMPDIR/out/nfs.yaml" <<'JS'
import assert from 'node:assert';
import fs from 'node:fs';
import { createRequire } from 'node:module';
const { parseAllDocuments } = createRequire(`${process.env.DEPLOY}/test/`)('yaml');
const objects = parseAllDocuments(fs.readFileSync(process.argv[2], 'utf8')).map((each) => each.toJS());
const volume = objects.find((each) => each.kind === 'PersistentVolume');
const claim = objects.find((each) => each.kind === 'PersistentVolumeClaim');
assert.equal(volume.metadata.name, 'pv-nfs');
assert.equal(volume.spec.storageClassName, '');
assert.equal(volume.spec.persistentVolumeReclaimPolicy, 'Retain');
assert.deepEqual(volume.spec.nfs, { server: '10.0.0.5', path: '/export/clic' });
assert.deepEqual([volume.spec.claimRef.namespace, volume.spec.claimRef.name], ['elsewhere', 'pvc-nfs']);
assert.equal(claim.spec.storageClassName, '');
assert.equal(claim.spec.volumeName, 'pv-nfs');
assert.equal(claim.metadata.namespace, 'elsewhere');
assert.equal(claim.spec.resources.requests.storage, '20Gi');
for (const each of objects) assert.equal(each.metadata.labels['clic.io/keep'], 'data');
JS
}

@test "cluster: a second up changes nothing, and every failure of up can be run again" {
  need node kustomize
  second_run_changes_nothing "$DEPLOY/deploy.sh" up nfs
  every_failure_stops_and_rerun_succeeds "$DEPLOY/deploy.sh" up nfs
}

@test "cluster: a volume whose claim is gone can be claimed again; one that lies elsewhere stops up" {
  need node kustomize
  stub_answer kubectl '*get persistentvolume pv-nfs*status.phase*' <<<Released
  "$DEPLOY/deploy.sh" up nfs || true
  grep -q 'CALL kubectl .*patch persistentvolume pv-nfs' "$STUB_LOG"
  stub_answer kubectl '*get persistentvolume pv-nfs*spec.nfs*' <<<'10.0.0.9:/old'
  run "$DEPLOY/deploy.sh" up nfs
  [ "$status" -eq 1 ]
  says "a volume can't move"
}

@test "cluster: another NFS_SIZE than the claim has stops up and changes nothing; the same size in another unit does not" {
  need node kustomize
  printf 'NFS_SERVER=10.0.0.5\nNFS_SIZE=20Gi\n' >"$CLIC_ENV"
  "$DEPLOY/deploy.sh" up nfs
  before=$(stubs_state)
  for size in 30Gi 10Gi 20G; do
    printf 'NFS_SERVER=10.0.0.5\nNFS_SIZE=%s\n' "$size" >"$CLIC_ENV"
    run "$DEPLOY/deploy.sh" up nfs
    [ "$status" -eq 1 ]
    says "pvc-nfs is 20Gi, and NFS_SIZE says $size, but the claim can't be resized: set NFS_SIZE=20Gi"
    [ "$before" = "$(stubs_state)" ]
  done
  stub_answer kubectl '*get persistentvolumeclaim pvc-nfs*requests.storage*' < <(printf 20Gi)
  printf 'NFS_SERVER=10.0.0.5\nNFS_SIZE=20480Mi\n' >"$CLIC_ENV"
  "$DEPLOY/deploy.sh" up nfs
}

@test "cluster: the test passes when pods of both users can write, and fails when one can't" {
  need node kustomize
  "$DEPLOY/deploy.sh" up namespace
  stub_answer kubectl '*get persistentvolumeclaim pvc-nfs*' < <(printf 'Bound pv-nfs')
  stub_answer kubectl '*get pod nfs-test-*' < <(printf Succeeded)
  run "$DEPLOY/deploy.sh" test nfs
  [ "$status" -eq 0 ]
  says 'pass  nfs: a pod that runs as user 185'
  [ "$(grep -c 'CALL kubectl .*create --filename' "$STUB_LOG")" -eq 2 ]
  stub_answer kubectl '*get pod nfs-test-185*' < <(printf Failed)
  run "$DEPLOY/deploy.sh" test nfs
  [ "$status" -eq 3 ]
  says 'pass  nfs: a pod that runs as user 10001'
  says 'FAIL  nfs: a pod that runs as user 185'
}
