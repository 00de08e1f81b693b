#!/usr/bin/env bash
# Formats the NameNode's directory when it is empty, and only then. Wants HDFS_NAME_DIR, a directory below the volume, and HADOOP_PID_DIR.
# Beside its place first, and renamed when whole: what is interrupted is begun again, and what is there is never touched.
set -euo pipefail

beside=$HDFS_NAME_DIR.formatting
if [ -f "$HDFS_NAME_DIR/current/VERSION" ]; then
  printf '%s holds a file system: not formatted\n' "$HDFS_NAME_DIR"
  exit 0
fi
if [ -d "$HDFS_NAME_DIR" ] && [ -n "$(ls -A "$HDFS_NAME_DIR")" ]; then
  printf 'error: %s is not empty and has no current/VERSION: not formatted. Restore it, or remove it if its data may be lost\n' "$HDFS_NAME_DIR" >&2
  exit 1
fi
# A pid file of an interrupted run would be taken for a NameNode that runs.
rm -rf "$beside" "$HADOOP_PID_DIR"
hdfs namenode -D "dfs.namenode.name.dir=file://$beside" -D "dfs.namenode.edits.dir=file://$beside" -format -force -nonInteractive
if [ -d "$HDFS_NAME_DIR" ]; then rmdir "$HDFS_NAME_DIR"; fi
mv "$beside" "$HDFS_NAME_DIR"
printf '%s formatted\n' "$HDFS_NAME_DIR"
