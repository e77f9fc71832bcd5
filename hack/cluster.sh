#!/usr/bin/env bash
# cluster.sh up|down: makes or removes the kind cluster of kind-config.yaml. `up` is quick when the cluster is there
# already, starts it again when its engine was stopped, and begins anew when the cluster was only half made.
set -euo pipefail
# shellcheck source=hack/env.sh
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"
# shellcheck source=hack/step.sh
source "$hack/step.sh"

kubectl() { "$hack/in-cluster-net.sh" kubectl "$@"; }
in_cluster() { step "$1" "$hack/in-cluster-net.sh" "${@:2}"; }
containers() { docker ps --all --quiet --filter "label=io.x-k8s.kind.cluster=$cluster" "$@"; }

# The state folder says what the cluster was made with. While the cluster is being made the folder has `making`, and
# then `ready` with the name of the node image; with neither, a cluster of that name is somebody else's.
made_here() { [[ -f $state/making || -f $state/ready ]]; }
forget() { rm -rf "$state"/{engine,making,ready,loaded} "$KUBECONFIG"; }

wait_until_ready() {
  in_cluster 'Nodes ready' kubectl wait --for=condition=Ready nodes --all --timeout=180s
  in_cluster 'DNS and storage ready' bash -c '
    kubectl -n kube-system rollout status deployment/coredns --timeout=180s
    kubectl -n local-path-storage rollout status deployment/local-path-provisioner --timeout=180s'
}

# Nodes keep their disks when the engine, or the machine, was stopped. What the API server remembers of their pods is
# then from before, so only new pods show that the nodes run pods again.
start_again() {
  local stopped
  stopped=$(containers --filter status=exited --filter status=created)
  # shellcheck disable=SC2086
  if [[ -n $stopped ]]; then step 'Start the stopped nodes' docker start $stopped; fi
  # the API server answers before it knows who may ask
  in_cluster 'API server ready' bash -c '
    for _ in {1..120}; do
      if kubectl get --raw /readyz && kubectl auth can-i --quiet list nodes; then exit; fi
      sleep 1
    done
    exit 1'
  in_cluster 'New pods for DNS and storage' bash -c '
    kubectl -n kube-system rollout restart deployment/coredns
    kubectl -n local-path-storage rollout restart deployment/local-path-provisioner'
  wait_until_ready
}

prepare() {
  if [[ $MPC_ENGINE == bare ]]; then
    "$hack/bare/nodes.sh"
    return
  fi
  # shellcheck source=hack/engines.sh
  source "$hack/engines.sh"
  # shellcheck source=hack/host-tools.sh
  source "$hack/host-tools.sh"
  local missing
  missing=$(missing_host_tools)
  [[ -z $missing ]] || fail "please install first:
$missing"
  host_engine_reachable || fail 'the container engine is not reachable: "docker info" must work'
}

wanted_image() { if [[ $MPC_ENGINE == bare ]]; then node_image; else echo "$KIND_NODE_IMAGE"; fi; }

create() {
  touch "$state/making"
  step 'Create the cluster: one control plane, workers in zones a, b and c' \
    kind create cluster --name "$cluster" --image "$(wanted_image)" --config "$repo/kind-config.yaml" --wait 180s
  if [[ $MPC_ENGINE == bare ]]; then
    in_cluster 'NetworkPolicy, DNS without an outside' bash -c "
      kubectl apply --server-side --force-conflicts -f '$bare/addons.yaml'
      kubectl -n kube-system rollout restart deployment/coredns
      kubectl -n kube-system rollout status daemonset/netpol --timeout=180s"
  fi
  wait_until_ready
  wanted_image >"$state/ready"
  rm "$state/making"
}

up() {
  mkdir -p "$state"
  echo "$MPC_ENGINE" >"$state/engine"
  prepare
  if [[ -f $state/making ]]; then
    step 'Remove a cluster that was only half made' kind delete cluster --name "$cluster"
  elif [[ -n $(containers) ]] && ! made_here; then
    local remedy='Set MPC_KIND_CLUSTER to another name, or delete that one.'
    fail "there is a kind cluster '$cluster' that was not made here. $remedy"
  fi
  if [[ -z $(containers) ]]; then
    rm -rf "$state/loaded" "$state/ready"
    create
    return
  fi
  if ! kubectl get --raw /readyz >/dev/null 2>&1; then
    say 'The cluster is there, but stopped: starting it again. Should that fail, begin anew: make cluster-down cluster'
    start_again
  fi
  if [[ $(<"$state/ready") != "$(wanted_image)" ]]; then
    say "The cluster runs $(<"$state/ready"), hack/versions.env now asks for $(wanted_image): make cluster-down cluster"
  fi
}

down() {
  if made_here; then
    if [[ $MPC_ENGINE == bare ]]; then "$bare/engine.sh" nodes; fi
    step 'Remove the cluster' kind delete cluster --name "$cluster"
  fi
  if [[ $MPC_ENGINE == bare ]]; then step 'Stop the engines' "$bare/engine.sh" stop; fi
  forget
}

case ${1:-} in
  up | down) ;;
  *) fail 'usage: cluster.sh up|down' ;;
esac
if [[ $1 == down && ! -f $state/engine ]]; then
  say "There is no cluster '$cluster'."
  exit
fi
# shellcheck source=hack/use-cluster.sh
source "$hack/use-cluster.sh"
"$1"
if [[ $1 == up ]]; then
  say "Cluster '$cluster' is up (engine: $MPC_ENGINE)."
  kubectl get nodes -L topology.kubernetes.io/zone >&2
fi
