{{/* Labels that select the operator's pods. They never change. */}}
{{- define "mpc-operator.selector" -}}
app.kubernetes.io/name: mpc-operator
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: operator
{{- end }}

{{- define "mpc-operator.labels" -}}
{{ include "mpc-operator.selector" . }}
app.kubernetes.io/part-of: mpc-operator
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end }}

{{/* An image: (list $ .Values.images.party) */}}
{{- define "mpc-operator.image" -}}
{{- $root := index . 0 -}}
{{- $image := index . 1 -}}
{{- with $root.Values.images.registry }}{{ . }}/{{ end -}}
{{ $image.repository }}
{{- if $image.digest -}}
@{{ $image.digest }}
{{- else -}}
:{{ $image.tag | default $root.Values.images.tag | default $root.Chart.AppVersion }}
{{- end -}}
{{- end }}

{{/* The rights of the operator in the namespaces that it looks after. */}}
{{- define "mpc-operator.rules" -}}
# The four kinds. Their specs belong to users: patch is for finalizers and for the slots of RotationPolicies, which are
# annotations.
- apiGroups: [mpc.keyshare.dev]
  resources: [mpcclusters, keysharesets]
  verbs: [get, list, watch, patch]
- apiGroups: [mpc.keyshare.dev]
  resources: [rotationpolicies]
  verbs: [get, list, watch]
# No create: the operator cannot ask for a signature.
- apiGroups: [mpc.keyshare.dev]
  resources: [signrequests]
  verbs: [get, list, watch, delete]
- apiGroups: [mpc.keyshare.dev]
  resources: [mpcclusters/status, keysharesets/status, rotationpolicies/status, signrequests/status]
  verbs: [patch]
# The operator owns children whose deletion holds back that of their cluster.
- apiGroups: [mpc.keyshare.dev]
  resources: [mpcclusters/finalizers]
  verbs: [update]
# Children of MpcClusters. Those that have an owner are deleted by the garbage collector.
- apiGroups: [""]
  resources: [services, serviceaccounts]
  verbs: [list, watch, create, patch]
- apiGroups: [apps]
  resources: [statefulsets]
  verbs: [list, watch, create, patch, delete]
- apiGroups: [policy]
  resources: [poddisruptionbudgets]
  verbs: [list, watch, create, patch]
- apiGroups: [networking.k8s.io]
  resources: [networkpolicies]
  verbs: [list, watch, create, patch]
# A party's Role: the operator can give away no right that it does not have itself.
- apiGroups: [rbac.authorization.k8s.io]
  resources: [roles, rolebindings]
  verbs: [list, watch, create, patch]
# Volumes and PINs are made once, and deleted if an MpcCluster with the policy Destroy is.
- apiGroups: [""]
  resources: [persistentvolumeclaims]
  verbs: [list, watch, create, delete]
# Certificates and PINs, by name. Without list, nobody finds other Secrets through the operator.
- apiGroups: [""]
  resources: [secrets]
  verbs: [get, create, patch, delete]
# Pods are never deleted, only asked to go: the disruption budget decides.
- apiGroups: [""]
  resources: [pods]
  verbs: [list, watch]
- apiGroups: [""]
  resources: [pods/eviction]
  verbs: [create]
# List: why a pod was not made, or does not start, stands in events only.
- apiGroups: [events.k8s.io]
  resources: [events]
  verbs: [list, create, patch]
{{- end }}
