{{/* The fields that both pods have in common: spark.pod (list $ $.Values.worker). */}}
{{- define "spark.pod" -}}
{{- $root := index . 0 }}{{ $role := index . 1 -}}
serviceAccountName: {{ include "spark.fullname" $root }}
automountServiceAccountToken: false
# A Service's variables, SPARK_MASTER_PORT=tcp://… among them, would be taken for settings of Spark.
enableServiceLinks: false
{{- with $root.Values.image.pullSecrets }}
imagePullSecrets: {{- toYaml . | nindent 2 }}
{{- end }}
securityContext:
  runAsNonRoot: true
  runAsUser: {{ $root.Values.image.user }}
  runAsGroup: {{ $root.Values.image.group }}
  fsGroup: {{ $root.Values.image.group }}
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile:
    type: RuntimeDefault
{{- with $role.nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $role.tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
initContainers:
  - name: configure
    image: {{ include "spark.image" $root }}
    imagePullPolicy: {{ $root.Values.image.pullPolicy }}
    command: [sh, /etc/spark/configure.sh]
    env:
      - {name: SPARK_CONF_DIR, value: /run/spark/conf}
    securityContext:
      {{- include "spark.least" $root | nindent 6 }}
    resources:
      requests: {cpu: 10m, memory: 32Mi, ephemeral-storage: 16Mi}
      limits: {cpu: 200m, memory: 64Mi, ephemeral-storage: 16Mi}
    volumeMounts:
      {{- include "spark.configMounts" $root | nindent 6 }}
      {{- if $root.Values.auth.enabled }}
      - {name: secret, mountPath: /run/secrets/spark, readOnly: true}
      {{- end }}
{{- end }}

{{- define "spark.configMounts" -}}
- {name: config, mountPath: /etc/spark, readOnly: true}
- {name: run, mountPath: /run/spark}
{{- end }}

{{/* The environment of both: spark.env (list $ $.Values.worker). */}}
{{- define "spark.env" -}}
{{- $root := index . 0 }}{{ $role := index . 1 -}}
- name: POD_IP
  valueFrom: {fieldRef: {fieldPath: status.podIP}}
# The pod's name resolves nowhere else; its address is what others can reach.
- {name: SPARK_LOCAL_HOSTNAME, value: $(POD_IP)}
- {name: SPARK_HOME, value: {{ $root.Values.image.sparkHome }}}
- {name: SPARK_CONF_DIR, value: /run/spark/conf}
- {name: SPARK_DAEMON_MEMORY, value: {{ include "spark.mebibytes" $role.daemonMemory }}m}
# A port that is taken is an error, not a reason to listen elsewhere.
- {name: SPARK_DAEMON_JAVA_OPTS, value: -Dspark.port.maxRetries=0 -XX:+ExitOnOutOfMemoryError}
- {name: HOME, value: /tmp}
{{- with $role.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* The mounts and volumes of both. */}}
{{- define "spark.mounts" -}}
{{ include "spark.configMounts" . }}
- {name: tmp, mountPath: /tmp}
{{- if .Values.nfs.enabled }}
- {name: nfs, mountPath: {{ .Values.nfs.mountPath }}}
{{- end }}
{{- with .Values.extraVolumeMounts }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "spark.volumes" -}}
- name: config
  configMap: {name: {{ include "spark.fullname" . }}-config}
# In memory: the configuration with the secret is written here.
- name: run
  emptyDir: {medium: Memory, sizeLimit: 1Mi}
- name: tmp
  emptyDir: {sizeLimit: 1Gi}
{{- if .Values.auth.enabled }}
- name: secret
  secret: {secretName: {{ include "spark.secretName" . }}, defaultMode: 0440}
{{- end }}
{{- if .Values.nfs.enabled }}
- name: nfs
  persistentVolumeClaim: {claimName: {{ .Values.nfs.claimName }}}
{{- end }}
{{- with .Values.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* The probes of both, on the web UI. A JVM may need its time; until the first one passes, the others don't count. */}}
{{- define "spark.probes" -}}
startupProbe:
  httpGet: {path: /json/, port: web}
  periodSeconds: 3
  timeoutSeconds: 5
  failureThreshold: 40
readinessProbe:
  httpGet: {path: /, port: web}
  periodSeconds: 10
  timeoutSeconds: 5
livenessProbe:
  httpGet: {path: /json/, port: web}
  periodSeconds: 20
  timeoutSeconds: 10
  failureThreshold: 6
{{- end }}
