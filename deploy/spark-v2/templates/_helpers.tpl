{{/* The name that everything begins with: the release, followed by the chart unless the release says it. */}}
{{- define "spark.fullname" -}}
{{- if contains .Chart.Name .Release.Name }}{{ .Release.Name | trunc 40 | trimSuffix "-" }}{{ else }}{{ printf "%s-%s" .Release.Name .Chart.Name | trunc 40 | trimSuffix "-" }}{{ end }}
{{- end }}

{{/* What selects pods: spark.selector (list $ "worker"); without a role, all of the release. */}}
{{- define "spark.selector" -}}
{{- $root := index . 0 -}}
app.kubernetes.io/name: {{ $root.Chart.Name }}
app.kubernetes.io/instance: {{ $root.Release.Name }}
{{- if gt (len .) 1 }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end }}
{{- end }}

{{/* The labels of a pod: without versions, so that a new chart alone restarts nothing. */}}
{{- define "spark.podLabels" -}}
{{ include "spark.selector" . }}
app.kubernetes.io/part-of: clic
app.kubernetes.io/managed-by: {{ (index . 0).Release.Service }}
{{- end }}

{{/* The labels of an object: spark.labels (list $ "worker"). */}}
{{- define "spark.labels" -}}
{{- $root := index . 0 -}}
{{ include "spark.podLabels" . }}
app.kubernetes.io/version: {{ $root.Values.image.tag | default $root.Chart.AppVersion | toString | trunc 63 | trimSuffix "-" | quote }}
helm.sh/chart: {{ printf "%s-%s" $root.Chart.Name $root.Chart.Version | replace "+" "_" }}
{{- end }}

{{- define "spark.image" -}}
{{- with .Values.image.registry }}{{ . }}/{{ end }}{{ .Values.image.repository }}
{{- if .Values.image.digest }}@{{ .Values.image.digest }}{{ else }}:{{ .Values.image.tag | default .Chart.AppVersion }}{{ end }}
{{- end }}

{{- define "spark.secretName" -}}
{{ .Values.auth.existingSecret | default (printf "%s-auth" (include "spark.fullname" .)) }}
{{- end }}

{{- define "spark.masterUrl" -}}
spark://{{ .Values.master.serviceName }}:{{ .Values.master.port }}
{{- end }}

{{/* A size in Mi or Gi as a number of MiB. */}}
{{- define "spark.mebibytes" -}}
{{- if hasSuffix "Gi" . }}{{ mul 1024 (trimSuffix "Gi" . | int) }}{{ else }}{{ trimSuffix "Mi" . | int }}{{ end }}
{{- end }}

{{/* What a daemon takes beside its heap, in MiB. */}}
{{- define "spark.daemonOverhead" -}}256{{- end }}

{{/* The memory limits in MiB: the daemon, and what drivers or executors may take. */}}
{{- define "spark.masterMemory" -}}
{{- add (include "spark.mebibytes" .Values.master.daemonMemory) (include "spark.daemonOverhead" .) (include "spark.mebibytes" .Values.master.driverMemory) }}
{{- end }}
{{- define "spark.workerMemory" -}}
{{- $executors := include "spark.mebibytes" .Values.worker.memory | int }}
{{- $overhead := div (mul $executors .Values.worker.memoryOverheadPercent) 100 }}
{{- add $executors $overhead (include "spark.mebibytes" .Values.worker.daemonMemory) (include "spark.daemonOverhead" .) }}
{{- end }}

{{/* The container's security context: the restricted profile's, and a root that can't be written. */}}
{{- define "spark.least" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end }}

{{/* What the security lint is not to say of a workload: spark.lint "further,checks". The user is the image's; a pinned tag or digest needs no
pull for each start; what jobs call is theirs to say, so no policy limits what goes out. */}}
{{- define "spark.lint" -}}
kube-score/ignore: container-security-context-user-group-id,container-image-pull-policy,pod-networkpolicy{{ . }}
{{- end }}
