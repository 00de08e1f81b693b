# The rendered configuration and scripts run a real NameNode, DataNode, checkpointer and HttpFS, from Maven Central's artifacts.
# Only host names, ports and folders are replaced, through the chart's own values; the commands are those of the pods.

load ../lib/tools
load ../lib/manifests
load ../lib/hdfs

setup_file() {
  need helm python3 java mvn curl
  export HADOOP_CLASSPATH_FILE=$BATS_FILE_TMPDIR/classpath WEB=$BATS_FILE_TMPDIR/web
  hadoop_jars "$BATS_FILE_TMPDIR/jars"
  # The pages of the daemons are in the distribution only; an empty folder will do.
  mkdir -p "$WEB"/webapps/{hdfs,datanode,secondary,static}
  printf '%s:%s' "$WEB" "$(cat "$BATS_FILE_TMPDIR/jars")" >"$HADOOP_CLASSPATH_FILE"
}

setup() {
  TOP=$BATS_TEST_TMPDIR/hdfs
  DAEMONS=()
  mkdir -p "$TOP"/{conf,signature,volume}
  printf '%064d' 0 >"$TOP/signature/signature.secret"
  mapfile -t PORTS < <(free_ports 7)
  render --values - <<YAML
datanode: {replicas: 1}
config:
  core:
    fs.defaultFS: hdfs://localhost:${PORTS[0]}
    hadoop.tmp.dir: $TOP/tmp
  hdfs:
    dfs.namenode.name.dir: file://$TOP/volume/name
    dfs.datanode.data.dir: file://$TOP/volume/data
    dfs.namenode.checkpoint.dir: file://$TOP/volume/checkpoint
    dfs.namenode.http-address: localhost:${PORTS[1]}
    dfs.namenode.secondary.http-address: localhost:${PORTS[2]}
    dfs.datanode.address: 127.0.0.1:${PORTS[3]}
    dfs.datanode.http.address: 127.0.0.1:${PORTS[4]}
    dfs.datanode.ipc.address: 127.0.0.1:${PORTS[5]}
  httpfs:
    httpfs.http.port: ${PORTS[6]}
    httpfs.authentication.signature.secret.file: $TOP/signature/signature.secret
YAML
  for file in $(ask ConfigMap hdfs-config '[*o["data"]]'); do ask ConfigMap hdfs-config "o['data']['$file']" >"$TOP/conf/$file"; done
  HTTPFS=http://127.0.0.1:${PORTS[6]}
  export PATH=$BATS_TEST_DIRNAME/hdfs/bin:$PATH
}

teardown() {
  for pid in "${DAEMONS[@]}"; do kill -KILL -- "-$pid" 2>/dev/null || true; done
  for pid in "${DAEMONS[@]}"; do wait "$pid" 2>/dev/null || true; done
}

# container KIND WORKLOAD CONTAINER: execs its command with its environment, as kubelet would; the image's folders become ours.
# In a session of its own, so that teardown ends whatever it has started.
container() {
  local -a words environment
  mapfile -t words < <(ask "$1" "$2" "[w.replace('/etc/clic/hadoop', '$TOP/conf').replace('\$(POD_NAME).hdfs-datanode.argo.svc', 'localhost') for w in containers['$3']['command']]")
  mapfile -t environment < <(ask "$1" "$2" "['%s=%s' % (e['name'], e['value']) for e in containers['$3']['env'] if 'value' in e]")
  exec setsid env "${environment[@]}" HADOOP_CONF_DIR="$TOP/conf" HADOOP_LOG_DIR="$TOP/log/$3" HADOOP_PID_DIR="$TOP/pid/$3" HTTPFS_TEMP="$TOP/httpfs" \
    HDFS_NAME_DIR="$TOP/volume/name" MEMORY_LIMIT_MIB=512 LAYOUT_SECONDS="$HDFS_PATIENCE" HOSTNAME=test "${words[@]}"
}

# begin KIND WORKLOAD CONTAINER: the same in the background; its process in STARTED, what it says in $TOP/CONTAINER.log.
begin() {
  container "$@" >>"$TOP/$3.log" 2>&1 3>&- &
  STARTED=$!
  DAEMONS+=("$STARTED")
}

# The init containers; what they say goes to $TOP/said, and is shown when they fail.
format() { init StatefulSet hdfs-namenode format; }
layout() { init Deployment hdfs-httpfs layout; }
init() {
  (container "$@") >"$TOP/said" 2>&1 || {
    tail -n 20 "$TOP/said"
    return 1
  }
}

namenode() { begin StatefulSet hdfs-namenode namenode && NAMENODE=$STARTED; }
rest() {
  begin StatefulSet hdfs-datanode datanode
  begin Deployment hdfs-httpfs httpfs && HTTPFS_PROCESS=$STARTED
}

# as USER METHOD PATH OPERATION [curl argument…]: a request to HttpFS, its body on stdout.
as() {
  local user=$1 method=$2 path=$3 operation=$4
  shift 4
  curl --silent --show-error --max-time 60 --noproxy '*' --request "$method" "$@" "$HTTPFS/webhdfs/v1$path?op=$operation&user.name=$user"
}

# probe KIND WORKLOAD CONTAINER PROBE PORT: the probe's request to that port is answered with success.
probe() {
  curl --silent --fail --max-time 10 --noproxy '*' --output "$TOP/probe" "http://127.0.0.1:$5$(ask "$1" "$2" "containers['$3']['$4']['httpGet']['path']")"
}

gone() { ! kill -0 "$1" 2>/dev/null; }

# ended PROCESS LOG: SIGTERM ends it by itself, in order.
ended() {
  kill -TERM "$1"
  within gone "$1"
  grep -q 'SHUTDOWN_MSG: Shutting down' "$2"
}

everything_ready() {
  within probe StatefulSet hdfs-namenode namenode readinessProbe "${PORTS[1]}"
  within probe Deployment hdfs-httpfs httpfs readinessProbe "${PORTS[6]}"
  within grep -q "uccessfully registered with NN" "$TOP/datanode.log"
}

@test "an empty volume is formatted once, and one that holds something without a file system never" {
  format
  [ -f "$TOP/volume/name/current/VERSION" ]
  before=$(sha256sum "$TOP/volume/name/current/"*)
  format
  grep -q 'not formatted' "$TOP/said"
  [ "$(sha256sum "$TOP/volume/name/current/"*)" = "$before" ]

  rm "$TOP/volume/name/current/VERSION"
  run format
  [ "$status" -eq 1 ]
  [[ $output == *'is not empty and has no current/VERSION'* ]]
  [ -f "$TOP/volume/name/current/fsimage_0000000000000000000" ]
}

@test "a format that was interrupted is begun again" {
  mkdir -p "$TOP/volume/name.formatting/current" "$TOP/pid/format"
  : >"$TOP/volume/name.formatting/current/VERSION"
  echo $$ >"$TOP/pid/format/hadoop-namenode.pid"
  format
  grep -q clusterID "$TOP/volume/name/current/VERSION"
  [ ! -e "$TOP/volume/name.formatting" ]
}

@test "the component's test passes, permissions hold, and a NameNode that is stopped or killed comes back with its data" {
  format
  # What a container's first start leaves behind for its second: a pid file with a process that is alive.
  mkdir -p "$TOP/pid/namenode/namenode"
  echo $$ >"$TOP/pid/namenode/namenode/hadoop-namenode.pid"
  namenode
  rest
  layout
  everything_ready

  # The pods' processes are the daemons themselves.
  [[ $(tr '\0' ' ' <"/proc/$NAMENODE/cmdline") == *java*-Xmx332m*server.namenode.NameNode* ]]

  # The layout is made once; what an administrator changes stays.
  [[ $(as hadoop PUT /data 'SETPERMISSION&permission=1770') != *RemoteException* ]]
  layout
  grep -q 'every directory is there' "$TOP/said"
  [[ $(as hadoop GET /data GETFILESTATUS) == *'"permission":"1770"'* ]]
  as hadoop PUT /data 'SETPERMISSION&permission=1777'
  [[ $(as hadoop GET /tmp GETFILESTATUS) == *'"permission":"1777"'* ]]
  [[ $(as hadoop GET /user GETFILESTATUS) == *'"permission":"755"'* ]]

  # deploy.sh test's own steps.
  run httpfs_steps
  echo "$output"
  [ "$status" -eq 0 ]
  [ "$(grep -c '^pass  hdfs: ' <<<"$output")" -eq 5 ]

  # The lines that helm prints after an installation.
  printf 'a,b\n1,2\n' >"$TOP/largeTest.csv"
  while read -r line; do
    (cd "$TOP" && bash -c "${line//http:\/\/localhost:14000/$HTTPFS} --fail --silent --noproxy '*'") >"$TOP/answer" || {
      echo "failed: $line"
      cat "$TOP/answer"
      return 1
    }
  done < <(notes | grep '^ *curl ')
  grep -q '^1,2' "$TOP/answer"

  # Permissions: nobody else deletes root's file, or writes where it is not allowed.
  [[ $(as mallory DELETE /data/demo/largeTest.csv DELETE) == *AccessControlException* ]]
  [[ $(as mallory DELETE /data/demo 'DELETE&recursive=true') == *AccessControlException* ]]
  [[ $(as mallory PUT /user/mallory MKDIRS) == *AccessControlException* ]]
  [[ $(as root GET /data/demo/largeTest.csv OPEN) == $'a,b\n1,2' ]]

  # HttpFS signs with the secret that it was given, and speaks for others as itself.
  run grep -q 'falling back to use random secrets' "$TOP/httpfs.log"
  [ "$status" -eq 1 ]
  grep -q 'ugi=root (auth:PROXY) via httpfs' "$TOP/namenode.log"

  # Alive, as kubelet asks.
  probe StatefulSet hdfs-namenode namenode livenessProbe "${PORTS[1]}"
  probe StatefulSet hdfs-datanode datanode livenessProbe "${PORTS[4]}"
  probe Deployment hdfs-httpfs httpfs livenessProbe "${PORTS[6]}"

  # A SIGTERM ends the NameNode in order; it comes back with its data, and so it does after a SIGKILL.
  ended "$NAMENODE" "$TOP/namenode.log"
  format
  namenode
  within probe StatefulSet hdfs-namenode namenode readinessProbe "${PORTS[1]}"
  within reads_back
  kill -KILL "$NAMENODE"
  within gone "$NAMENODE"
  format
  namenode
  within probe StatefulSet hdfs-namenode namenode readinessProbe "${PORTS[1]}"
  within reads_back
  ended "$HTTPFS_PROCESS" "$TOP/httpfs.log"
}

reads_back() { [[ $(as root GET /data/demo/largeTest.csv OPEN) == $'a,b\n1,2' ]]; }

# The component's steps against our HttpFS.
httpfs_steps() {
  (
    set -euo pipefail
    export COMPONENT=hdfs
    for file in "$HDFS_CHART"/../lib/{log,kube,component}.sh "$HDFS_CHART/httpfs.sh"; do
      # shellcheck source=/dev/null
      . "$file"
    done
    httpfs_test "$HTTPFS"
    [ "$STEPS_FAILED" -eq 0 ]
  )
}

@test "the component's test names the exception when HDFS is in safe mode, and fails" {
  format
  namenode
  begin Deployment hdfs-httpfs httpfs
  within probe Deployment hdfs-httpfs httpfs readinessProbe "${PORTS[6]}"
  HADOOP_CONF_DIR=$TOP/conf HADOOP_LOG_DIR=$TOP/log HADOOP_USER_NAME=hadoop hdfs dfsadmin -safemode enter
  run httpfs_steps
  [ "$status" -eq 1 ]
  [[ $output == *'FAIL  hdfs: MKDIRS'*SafeModeException*'is in safe mode'* ]]
}

@test "the checkpointer merges the edits into the NameNode's image" {
  format
  namenode
  within probe StatefulSet hdfs-namenode namenode readinessProbe "${PORTS[1]}"
  layout
  # It begins with one when the image is older than an hour, or when so many edits are waiting.
  sed -i 's#</configuration>#<property><name>dfs.namenode.checkpoint.txns</name><value>1</value></property><property><name>dfs.namenode.checkpoint.check.period</name><value>1s</value></property></configuration>#' "$TOP/conf/hdfs-site.xml"
  begin StatefulSet hdfs-namenode checkpoint
  within probe StatefulSet hdfs-namenode checkpoint livenessProbe "${PORTS[2]}"
  within newer_image
}

newer_image() { compgen -G "$TOP/volume/name/current/fsimage_000000000000000*[1-9]" >/dev/null; }

@test "the jars are of the version that the chart installs" {
  [ "$(sed -nE 's/^appVersion: "(.*)"/\1/p' "$HDFS_CHART/Chart.yaml")" = "$(sed -nE 's#.*<hadoop.version>(.*)</hadoop.version>#\1#p' "$BATS_TEST_DIRNAME/hdfs/pom.xml")" ]
}
