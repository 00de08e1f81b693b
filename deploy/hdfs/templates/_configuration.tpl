{{/* hdfs.properties DICT: a configuration file of Hadoop. */}}
{{- define "hdfs.properties" -}}
<?xml version="1.0" encoding="UTF-8"?>
<configuration>
{{- range $name, $value := . }}
  <property><name>{{ $name | html }}</name><value>{{ $value | toString | html }}</value></property>
{{- end }}
</configuration>
{{- end }}

{{/* The data of the ConfigMaps. */}}
{{- define "hdfs.configuration" -}}
{{- $core := dict
  "fs.defaultFS" (printf "hdfs://%s:8020" (include "hdfs.namenodeHost" .))
  "fs.permissions.umask-mode" "022"
  "hadoop.proxyuser.httpfs.hosts" "*"
  "hadoop.proxyuser.httpfs.groups" "*"
}}
{{- $hdfs := dict
  "dfs.namenode.name.dir" "file:///hadoop/name"
  "dfs.datanode.data.dir" "file:///hadoop/data"
  "dfs.namenode.checkpoint.dir" "file:///hadoop/checkpoint"
  "dfs.namenode.rpc-bind-host" "0.0.0.0"
  "dfs.namenode.http-address" (printf "%s:9870" (include "hdfs.namenodeHost" .))
  "dfs.namenode.http-bind-host" "0.0.0.0"
  "dfs.namenode.secondary.http-address" "0.0.0.0:9868"
  "dfs.replication" (include "hdfs.replication" .)
  "dfs.permissions.enabled" "true"
  "dfs.permissions.superusergroup" "supergroup"
  "dfs.namenode.datanode.registration.ip-hostname-check" "false"
  "dfs.client.use.datanode.hostname" "true"
  "dfs.datanode.use.datanode.hostname" "true"
  "dfs.client.block.write.replace-datanode-on-failure.best-effort" "true"
}}
{{- $httpfs := dict
  "httpfs.http.port" "14000"
  "httpfs.authentication.type" "simple"
  "httpfs.authentication.signature.secret.file" "/etc/clic/signature/signature.secret"
}}
core-site.xml: |
  {{- include "hdfs.properties" (merge (dict) .Values.config.core $core) | nindent 2 }}
hdfs-site.xml: |
  {{- include "hdfs.properties" (merge (dict) .Values.config.hdfs $hdfs) | nindent 2 }}
httpfs-site.xml: |
  {{- include "hdfs.properties" (merge (dict) .Values.config.httpfs $httpfs) | nindent 2 }}
{{- range $name := list "log4j.properties" "httpfs-log4j.properties" }}
{{ $name }}: |
  {{- $.Files.Get "files/log4j.properties" | nindent 2 }}
{{- end }}
{{- range $name := list "start.sh" "format.sh" "layout.sh" }}
{{ $name }}: |
  {{- $.Files.Get (printf "files/%s" $name) | nindent 2 }}
{{- end }}
{{- end }}
