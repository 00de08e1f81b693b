#!/usr/bin/env bash
# start.sh ROLE [argument…]: becomes the daemon (namenode, datanode, secondarynamenode, httpfs), as process 1 of its container, so that the
# SIGTERM of a pod's end reaches it. Wants MEMORY_LIMIT_MIB, HEAP_PERCENT, HADOOP_PID_DIR.
set -euo pipefail

# Hadoop takes a bare number for megabytes.
export HADOOP_HEAPSIZE_MAX=$((MEMORY_LIMIT_MIB * HEAP_PERCENT / 100))

# /tmp outlives a container's restart. A pid file in it would name process 1, which we are now: hdfs would say that the daemon runs already.
export HADOOP_PID_DIR=$HADOOP_PID_DIR/$1
rm -rf "$HADOOP_PID_DIR"

exec hdfs "$@"
