# Sourced after env.sh: says where hack/bare keeps what it builds and runs. It looks at nothing but its own files.
# shellcheck shell=bash disable=SC2034,SC2154
bare=$hack/bare
netns=mpc-operator-$cluster
run=/run/mpc-operator/$cluster
# The engine that runs the nodes, inside the network namespace, and the one that builds images, outside it.
nodes_socket=unix://$run/nodes.sock
builder_socket=unix://$run/builder.sock

# The network namespace and the sockets have the cluster's name, while the cluster's data is in the cache. With another
# cache, the namespace and the sockets would be another cluster's.
require_own_engine() {
  local remedy='Set MPC_KIND_CLUSTER to another name.'
  [[ ! -f $run/state || $(<"$run/state") == "$state" ]] ||
    fail "a cluster '$cluster' runs on this machine from another cache: $(<"$run/state"). $remedy"
}

# program_dir NAME: prints the folder of that program's finished build. The folder's name holds everything that the
# build depends on.
program_dir() {
  local key
  case $1 in
    kubernetes) key=$KUBERNETES_VERSION ;;
    kind) key=$KIND_VERSION ;;
    helm) key=$HELM_VERSION ;;
    containerd) key=$CONTAINERD_VERSION ;;
    etcd) key=$ETCD_VERSION ;;
    local-path-provisioner) key=$LOCAL_PATH_VERSION ;;
    coredns) key=$COREDNS_VERSION-$(sha256 <"$bare/go/$1/main.go") ;;
    netpol) key=$KUBE_ROUTER_VERSION-$(sha256 <"$bare/go/$1/main.go") ;;
    kindnetd | pause) key=$(sha256 <"$bare/go/$1/main.go") ;;
    *) fail "no program is called $1" ;;
  esac
  echo "$cache/programs/$1-$key"
}

# The image of the policy controller, which the node image brings along and hack/bare/addons.yaml runs.
netpol_image=docker.io/mpc-operator/netpol:node

# Prints the node image's name. Its tag holds the Kubernetes version and the hash of all inputs of the image.
node_image() {
  local name key
  key=$(for name in kubernetes containerd etcd coredns local-path-provisioner kind kindnetd netpol pause; do
    program_dir "$name" | sed 's#.*/##'
  done | cat - "$bare"/node-rootfs.sh "$bare"/cluster-images.sh "$bare"/node-image.sh | sha256)
  echo "mpc-operator/node:v$KUBERNETES_VERSION-$key"
}
