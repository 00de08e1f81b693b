#!/bin/sh
# start.sh CLASS ARGUMENT…: the daemon, in place of this shell, so that signals reach it. Its process id is for stop.sh.
set -eu
echo $$ >/run/spark/pid
exec "$SPARK_HOME/bin/spark-class" "$@"
