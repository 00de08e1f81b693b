{{/* spark-defaults.conf, without the secret (files/configure.sh adds it). */}}
{{- define "spark.configuration" -}}
spark.master {{ include "spark.masterUrl" . }}
spark.authenticate {{ .Values.auth.enabled }}
{{- if .Values.auth.enabled }}
spark.network.crypto.enabled {{ .Values.auth.encrypt }}
spark.network.crypto.authEngineVersion 2
{{- end }}
spark.blockManager.port {{ .Values.networkPolicy.blockManagerPort }}
spark.port.maxRetries 31
spark.jars.ivy /tmp/.ivy2
spark.ui.killEnabled false
spark.worker.preferConfiguredMasterAddress true
spark.worker.cleanup.enabled true
spark.worker.cleanup.appDataTtl 86400
spark.executor.logs.rolling.strategy size
spark.executor.logs.rolling.maxSize 67108864
spark.executor.logs.rolling.maxRetainedFiles 4
{{- if .Values.worker.decommission.enabled }}
spark.decommission.enabled true
spark.storage.decommission.enabled true
{{- end }}
{{- if .Values.master.persistence.enabled }}
spark.deploy.recoveryMode FILESYSTEM
spark.deploy.recoveryDirectory /var/spark/recovery
{{- end }}
{{- range $name, $value := .Values.config }}
{{ $name }} {{ if kindIs "float64" $value }}{{ if eq $value (floor $value) }}{{ int64 $value }}{{ else }}{{ $value }}{{ end }}{{ else }}{{ $value }}{{ end }}
{{- end }}
{{- end }}
