#!/usr/bin/env bash
# Prepares what kind needs to create the cluster on a machine without a container engine: an engine, the programs and
# the node image. Every part is kept in the cache and made once for its version. The first time takes about 20 minutes.
set -euo pipefail
# shellcheck source=hack/env.sh
source "$(dirname "${BASH_SOURCE[0]}")/../env.sh"
# shellcheck source=hack/bare/paths.sh
source "$hack/bare/paths.sh"
# shellcheck source=hack/step.sh
source "$hack/step.sh"

build() { # PROGRAM LABEL
  [[ -d $(program_dir "$1") ]] || step "Build $2" "$bare/build-program.sh" "$1"
}

step 'Debian packages' "$bare/packages.sh" docker.io debootstrap debian-archive-keyring iproute2
step 'Engine for the nodes' "$bare/engine.sh" nodes
build kind "kind $KIND_VERSION"

image=$(node_image)
tarball=$cache/node-images/${image##*:}.tar.gz
if ! docker image inspect "$image" >/dev/null 2>&1; then
  if [[ -f $tarball ]]; then
    step 'Load the node image' docker load -i "$tarball"
  else
    build kubernetes "Kubernetes $KUBERNETES_VERSION (the first time: some 10 minutes)"
    build containerd "containerd $CONTAINERD_VERSION"
    build etcd "etcd $ETCD_VERSION"
    build coredns "CoreDNS $COREDNS_VERSION"
    build local-path-provisioner "local-path-provisioner $LOCAL_PATH_VERSION"
    build netpol "NetworkPolicy controller of kube-router $KUBE_ROUTER_VERSION"
    build kindnetd 'the pod network'
    build pause 'the pause container'
    root=$(mktemp -d "$cache/node-rootfs.XXXXXX")
    trap 'rm -rf "$root"' EXIT
    step 'File system of a node' "$bare/node-rootfs.sh" "$root"
    step 'Node image' "$bare/node-image.sh" "$tarball" "$root"
    # delete the node images of earlier versions
    find "${tarball%/*}" -name '*.tar.gz' ! -newer "$tarball" ! -path "$tarball" -delete
  fi
fi
# kubectl is one of the programs that the node image is made of, and is needed without the image too
build kubernetes "Kubernetes $KUBERNETES_VERSION"
build helm "helm $HELM_VERSION (the first time: some 4 minutes)"
