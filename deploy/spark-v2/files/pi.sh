#!/bin/sh
# pi.sh MASTER [spark-submit option…]: submits the example that computes Pi, bounded in time; prints "Pi is roughly …".
# The Scala one where the image has it, else the Python one.
set -eu
master=$1
shift
submit() {
  exec timeout --kill-after 10 180 "$SPARK_HOME/bin/spark-submit" --master "$master" --name spark-pi \
    --total-executor-cores 1 --executor-memory 512m "$@"
}
for jar in "$SPARK_HOME"/examples/jars/spark-examples*.jar; do
  if [ -f "$jar" ]; then submit "$@" --class org.apache.spark.examples.SparkPi "$jar" 10; fi
done
submit "$@" "$SPARK_HOME/examples/src/main/python/pi.py" 10
