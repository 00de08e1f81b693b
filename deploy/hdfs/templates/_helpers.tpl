{{/* The name that everything begins with: the release, followed by the chart unless the release says it. */}}
{{- define "hdfs.fullname" -}}
{{- if contains .Chart.Name .Release.Name }}{{ .Release.Name | trunc 40 | trimSuffix "-" }}{{ else }}{{ printf "%s-%s" .Release.Name .Chart.Name | trunc 40 | trimSuffix "-" }}{{ end }}
{{- end }}

{{/* What selects pods: hdfs.selector (list $ "namenode"); without a role, all of the release. */}}
{{- define "hdfs.selector" -}}
{{- $root := index . 0 -}}
app.kubernetes.io/name: {{ $root.Chart.Name }}
app.kubernetes.io/instance: {{ $root.Release.Name }}
{{- if gt (len .) 1 }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end }}
{{- end }}

{{/* The labels of a pod: without versions, so that a new chart alone restarts nothing. */}}
{{- define "hdfs.podLabels" -}}
{{ include "hdfs.selector" . }}
app.kubernetes.io/part-of: clic
app.kubernetes.io/managed-by: {{ (index . 0).Release.Service }}
{{- end }}

{{/* The labels of an object: hdfs.labels (list $ "namenode"). */}}
{{- define "hdfs.labels" -}}
{{- $root := index . 0 -}}
{{ include "hdfs.podLabels" . }}
app.kubernetes.io/version: {{ $root.Values.image.tag | default $root.Chart.AppVersion | trunc 63 | quote }}
helm.sh/chart: {{ printf "%s-%s" $root.Chart.Name $root.Chart.Version | replace "+" "_" }}
{{- end }}

{{- define "hdfs.image" -}}
{{- if .Values.image.digest }}{{ .Values.image.repository }}@{{ .Values.image.digest }}{{ else }}{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}{{ end }}
{{- end }}

{{- define "hdfs.namenodeHost" -}}
{{ include "hdfs.fullname" . }}-namenode.{{ .Release.Namespace }}.svc
{{- end }}

{{- define "hdfs.signatureSecret" -}}
{{ .Values.httpfs.signatureSecret | default (printf "%s-httpfs-signature" (include "hdfs.fullname" .)) }}
{{- end }}

{{- define "hdfs.replication" -}}
{{ min 3 (int .Values.datanode.replicas) }}
{{- end }}

{{/* The fields that all pods have in common: hdfs.pod (list $ $.Values.namenode). */}}
{{- define "hdfs.pod" -}}
{{- $root := index . 0 }}{{ $role := index . 1 -}}
serviceAccountName: {{ include "hdfs.fullname" $root }}
automountServiceAccountToken: false
# A Service's variables, HDFS_HTTPFS_PORT=tcp://… among them, would be taken for settings of Hadoop.
enableServiceLinks: false
{{- with $root.Values.imagePullSecrets }}
imagePullSecrets: {{ toYaml . | nindent 2 }}
{{- end }}
securityContext:
  runAsNonRoot: true
  runAsUser: {{ $root.Values.podSecurity.user }}
  runAsGroup: {{ $root.Values.podSecurity.group }}
  fsGroup: {{ $root.Values.podSecurity.group }}
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile:
    type: RuntimeDefault
{{- with $role.nodeSelector }}
nodeSelector: {{ toYaml . | nindent 2 }}
{{- end }}
{{- with $role.tolerations }}
tolerations: {{ toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* hdfs.spread (list $ "datanode" "preferred"): keeps the pods of a role on different nodes. */}}
{{- define "hdfs.spread" -}}
{{- $term := dict "topologyKey" "kubernetes.io/hostname" "labelSelector" (dict "matchLabels" (include "hdfs.selector" (list (index . 0) (index . 1)) | fromYaml)) }}
{{- if eq (index . 2) "required" }}
affinity:
  podAntiAffinity:
    requiredDuringSchedulingIgnoredDuringExecution: {{ list $term | toYaml | nindent 6 }}
{{- else if eq (index . 2) "preferred" }}
affinity:
  podAntiAffinity:
    preferredDuringSchedulingIgnoredDuringExecution: {{ list (dict "weight" 100 "podAffinityTerm" $term) | toYaml | nindent 6 }}
{{- end }}
{{- end }}

{{- define "hdfs.container" -}}
image: {{ include "hdfs.image" . }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
securityContext:
  runAsNonRoot: true
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities:
    drop: [ALL]
{{- end }}

{{/* The environment of every container: hdfs.env "hadoop", the name that HDFS knows it by. */}}
{{- define "hdfs.env" -}}
- {name: HADOOP_CONF_DIR, value: /etc/clic/hadoop}
- {name: HADOOP_LOG_DIR, value: /tmp/log}
- {name: HADOOP_PID_DIR, value: /tmp/pid}
- {name: HADOOP_CLIENT_OPTS, value: -Xmx192m}
- {name: HADOOP_USER_NAME, value: {{ . }}}
{{- end }}

{{/* What start.sh ties the heap to. */}}
{{- define "hdfs.heap" -}}
- {name: HEAP_PERCENT, value: {{ .Values.heapPercent | quote }}}
- name: MEMORY_LIMIT_MIB
  valueFrom:
    resourceFieldRef: {resource: limits.memory, divisor: 1Mi}
{{- end }}

{{- define "hdfs.mounts" -}}
- {name: config, mountPath: /etc/clic/hadoop, readOnly: true}
- {name: tmp, mountPath: /tmp}
{{- end }}

{{- define "hdfs.volumes" -}}
- name: config
  configMap:
    name: {{ include "hdfs.fullname" . }}-config
- name: tmp
  emptyDir:
    sizeLimit: 512Mi
{{- end }}

{{/* hdfs.probes (list "http" "/readiness"): alive is who answers a small question about the Java machine (HttpFS wants a name with it); ready, who
     answers the path given. Ten minutes to start, then a minute without an answer ends it. */}}
{{- define "hdfs.probes" -}}
{{- $port := index . 0 }}{{ $alive := "/jmx?qry=java.lang:type=Threading&user.name=httpfs" -}}
startupProbe:
  httpGet: {port: {{ $port }}, path: {{ $alive | quote }}}
  periodSeconds: 5
  timeoutSeconds: 5
  failureThreshold: 120
livenessProbe:
  httpGet: {port: {{ $port }}, path: {{ $alive | quote }}}
  periodSeconds: 15
  timeoutSeconds: 10
  failureThreshold: 4
{{- with index . 1 }}
readinessProbe:
  httpGet: {port: {{ $port }}, path: {{ . | quote }}}
  periodSeconds: 5
  timeoutSeconds: 5
  failureThreshold: 3
{{- end }}
{{- end }}

{{/* hdfs.claim (list $ "namenode" $.Values.namenode.persistence.size): the claim of a StatefulSet, or nothing. */}}
{{- define "hdfs.claim" -}}
{{- $root := index . 0 }}
{{- if $root.Values.persistence.enabled }}
persistentVolumeClaimRetentionPolicy:
  whenDeleted: Retain
  whenScaled: Retain
volumeClaimTemplates:
  - apiVersion: v1
    kind: PersistentVolumeClaim
    metadata:
      name: data
      labels:
        {{- include "hdfs.podLabels" (list $root (index . 1)) | nindent 8 }}
        clic.io/keep: data
    spec:
      accessModes: [ReadWriteOnce]
      {{- with $root.Values.persistence.storageClass }}
      storageClassName: {{ . }}
      {{- end }}
      resources:
        requests:
          storage: {{ index . 2 }}
{{- end }}
{{- end }}

{{/* A change of configuration or scripts restarts the pods, one after the other. */}}
{{- define "hdfs.checksum" -}}
clic.io/config-sha256: {{ include "hdfs.configuration" . | sha256sum }}
{{- end }}

{{/* Exceptions from the security lint: the user of the official image is 1000; a version's tag or a digest is pulled once, and not again at
     every start from a registry that may be down. */}}
{{- define "hdfs.lint" -}}
kube-score/ignore: container-security-context-user-group-id,container-image-pull-policy
{{- end }}
