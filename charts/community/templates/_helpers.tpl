{{- define "community.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end -}}

{{/* People and groups as the subjects of a binding. */}}
{{- define "community.subjects" -}}
{{- range .users }}
- { apiGroup: rbac.authorization.k8s.io, kind: User, name: {{ . | quote }} }
{{- end }}
{{- range .groups }}
- { apiGroup: rbac.authorization.k8s.io, kind: Group, name: {{ . | quote }} }
{{- end }}
{{- end -}}
