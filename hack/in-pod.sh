#!/usr/bin/env bash
# in-pod.sh COMMAND...: runs the command in a pod of the cluster, over the sources as they are here. The pod has what a
# party meets in its own pod (images/test), so tests that need Debian 13 run the same on every machine.
set -euo pipefail
# shellcheck source=hack/env.sh
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"
cd "$repo"

image=$("$hack/images.sh" test | awk '$1 == "test" { print $2 }')
namespace=mpc-test
pod=in-pod-$$
kubectl() { "$hack/in-cluster-net.sh" kubectl --namespace "$namespace" "$@"; }

kubectl create namespace "$namespace" --dry-run=client --output=yaml | kubectl apply --filename - >/dev/null
trap 'kubectl delete pod "$pod" --now --wait=false >/dev/null' EXIT
# the pod lives no longer than an hour, whatever becomes of this script
kubectl run "$pod" --image="$image" --image-pull-policy=Never --restart=Never --command -- tini -- sleep 3600 >/dev/null
kubectl wait pod "$pod" --for=condition=Ready --timeout=120s >/dev/null
git ls-files --cached --others --exclude-standard -- {crds,runtime,operator,party,test}/ |
  while read -r file; do if [[ -f $file ]]; then echo "$file"; fi; done |
  tar --create --files-from - | kubectl exec --stdin "$pod" -- tar --extract
kubectl exec "$pod" -- "$@"
