#!/bin/sh
# Writes spark-defaults.conf into $SPARK_CONF_DIR (in memory): the ConfigMap's lines, and the secret from the mounted Secret. Spark takes the
# secret of a standalone cluster from there alone; so it is in no argument, no environment and no ConfigMap.
# java.args is for the drivers of --deploy-mode cluster: they read no spark-defaults.conf, and a worker starts them without what Spark opens
# of newer Javas (org.apache.spark.launcher.JavaModuleOptions). JDK_JAVA_OPTIONS names the file, so its text is in no process's arguments.
set -eu
umask 077
from=/etc/spark/spark-defaults.conf
secret_file=/run/secrets/spark/secret

mkdir -p "$SPARK_CONF_DIR"
cp "$from" "$SPARK_CONF_DIR/.spark-defaults.conf"
{
  for package in lang lang.invoke lang.reflect io net nio util util.concurrent util.concurrent.atomic; do
    echo "--add-opens=java.base/java.$package=ALL-UNNAMED"
  done
  for package in jdk.internal.ref sun.nio.ch sun.nio.cs sun.security.action sun.util.calendar; do
    echo "--add-opens=java.base/$package=ALL-UNNAMED"
  done
  echo --add-opens=java.security.jgss/sun.security.krb5=ALL-UNNAMED
} >"$SPARK_CONF_DIR/.java.args"
if grep -q '^spark.authenticate true$' "$from"; then
  secret=$(cat "$secret_file") || {
    echo "the Secret has no key 'secret': see auth.existingSecret" >&2
    exit 1
  }
  case $secret in
  '' | *[!A-Za-z0-9._~+/=-]*)
    echo "the key 'secret' of the Secret is empty, or has more than letters, digits and ._~+/=-: replace it" >&2
    exit 1
    ;;
  esac
  printf 'spark.authenticate.secret %s\n' "$secret" >>"$SPARK_CONF_DIR/.spark-defaults.conf"
  printf '%s\n' "-Dspark.authenticate.secret=$secret" >>"$SPARK_CONF_DIR/.java.args"
fi
mv "$SPARK_CONF_DIR/.java.args" "$SPARK_CONF_DIR/java.args"
mv "$SPARK_CONF_DIR/.spark-defaults.conf" "$SPARK_CONF_DIR/spark-defaults.conf"
