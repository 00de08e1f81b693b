# shellcheck shell=bash
# The guide's test of HttpFS: a folder is made and listed, a file is uploaded, read back and deleted. Wants the functions of lib/.

# HttpFS takes the user's name on trust.
HTTPFS_USER=root
# Seconds that one request may take.
HTTPFS_TIMEOUT=60

# httpfs_test URL: the steps against the HttpFS at URL (http://host:port). What they make is in a folder of their own below /data, gone afterwards.
# Its status says nothing: the steps that fail are counted in STEPS_FAILED.
httpfs_test() {
  local url=$1/webhdfs/v1 folder work
  work=$(mktemp -d)
  folder=/data/clic-test-$(random_secret | cut -c 1-16)
  random_secret >"$work/file"
  head -c 100000 /dev/urandom >>"$work/file"
  step "MKDIRS $folder" httpfs_mkdirs "$url$folder"
  step 'CREATE uploads a file' httpfs_upload "$url$folder/file" "$work/file"
  step 'LISTSTATUS lists it with its length' httpfs_lists "$url$folder" "$work/file"
  step 'OPEN gives back what was uploaded' httpfs_reads_back "$url$folder/file" "$work/file"
  step "DELETE $folder" httpfs_delete "$url$folder"
  rm -rf "$work"
}

# httpfs_request METHOD URL OPERATION [curl argument…]: one request; the body goes to stdout, complaints to stderr. Fails when HttpFS answers with an exception,
# by its name: an IOException comes with status 500 whatever it is, so the status tells little.
httpfs_request() {
  local method=$1 target=$2 operation=$3 body status exception
  shift 3
  body=$(mktemp)
  status=$(curl --silent --show-error --location --max-time "$HTTPFS_TIMEOUT" --noproxy '*' --request "$method" --output "$body" --write-out '%{http_code}' \
    "$@" "$target?op=$operation&user.name=$HTTPFS_USER") || {
    rm -f "$body"
    printf '%s %s: no answer (see above)\n' "$operation" "$target" >&2
    return 1
  }
  exception=$(httpfs_exception "$body")
  if [ -n "$exception" ]; then
    printf '%s %s: %s (status %s)%s\n' "$operation" "$target" "$exception" "$status" "$(httpfs_advice "$exception")" >&2
    rm -f "$body"
    return 1
  fi
  if [[ $status != 2* ]]; then
    # The authentication filter, or something in between: not always JSON.
    printf '%s %s: status %s: %s\n' "$operation" "$target" "$status" "$(tr -d '\0\r\n' <"$body" | head -c 300)" >&2
    rm -f "$body"
    return 1
  fi
  cat "$body"
  rm -f "$body"
}

# httpfs_exception FILE: `NAME: MESSAGE` of the RemoteException in an answer; nothing when it has none. A file's content is not searched: an answer of
# HttpFS begins with it.
httpfs_exception() {
  local text
  text=$(head -c 4000 "$1" | tr -d '\0\r\n')
  [[ $text =~ ^[[:space:]]*\{[[:space:]]*\"RemoteException\" ]] || return 0
  [[ $text =~ \"exception\"[[:space:]]*:[[:space:]]*\"([^\"]*)\" ]] || return 0
  printf '%s' "${BASH_REMATCH[1]}"
  [[ ! $text =~ \"message\"[[:space:]]*:[[:space:]]*\"(([^\"\\]|\\.)*)\" ]] || printf ': %s' "${BASH_REMATCH[1]}"
}

# httpfs_advice EXCEPTION: what to do next, for those that have an answer.
httpfs_advice() {
  case $1 in
  SafeModeException*) printf '\nthe NameNode is in safe mode: wait for the DataNodes, see kubectl logs hdfs-namenode-0 namenode' ;;
  AccessControlException* | AuthorizationException*) printf '\npermissions: see hdfs dfs -ls / in the pod hdfs-namenode-0; /data should be drwxrwxrwt' ;;
  ConnectException* | UnknownHostException*) printf '\nHttpFS does not reach the NameNode: see kubectl get pods and the NetworkPolicies' ;;
  esac
}

httpfs_mkdirs() {
  local said
  said=$(httpfs_request PUT "$1" MKDIRS)
  [[ $said == *'"boolean":true'* ]] || {
    printf 'MKDIRS answered %s\n' "$said"
    return 1
  }
}

httpfs_upload() {
  httpfs_request PUT "$1" 'CREATE&data=true&overwrite=false' --header 'Content-Type: application/octet-stream' --upload-file "$2"
}

httpfs_lists() {
  local said
  said=$(httpfs_request GET "$1" LISTSTATUS)
  [[ $said == *'"pathSuffix":"file"'* && $said == *"\"length\":$(wc -c <"$2"),"* ]] || {
    printf 'LISTSTATUS answered %s\n' "$said"
    return 1
  }
}

httpfs_reads_back() {
  httpfs_request GET "$1" OPEN >"$2.read"
  cmp "$2" "$2.read"
}

# Deletes the folder, and sees that it is gone.
httpfs_delete() {
  local said
  said=$(httpfs_request DELETE "$1" 'DELETE&recursive=true')
  [[ $said == *'"boolean":true'* ]] || {
    printf 'DELETE answered %s\n' "$said"
    return 1
  }
  if said=$(httpfs_request GET "$1" GETFILESTATUS 2>&1); then
    printf 'it is still there: %s\n' "$said"
    return 1
  fi
  [[ $said == *FileNotFoundException* ]] || {
    printf 'whether it is gone is unknown: %s\n' "$said"
    return 1
  }
}
