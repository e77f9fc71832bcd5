#!/usr/bin/env bash
# cluster-images.sh ROOTFS: the images that a node brings along, made of our programs and of files of the node's own
# file system, under the names that kubeadm and kind's manifests ask for. Prints those names, one a line.
set -euo pipefail
# shellcheck source=hack/env.sh
source "$(dirname "${BASH_SOURCE[0]}")/../env.sh"
# shellcheck source=hack/bare/paths.sh
source "$hack/bare/paths.sh"
PATH=$("$bare/go.sh"):$PATH

root=$1
kind=$(go mod download -json "sigs.k8s.io/kind@v$KIND_VERSION" | sed -n 's/.*"Dir": "\(.*\)".*/\1/p')
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

kubeadm_names() { "$(program_dir kubernetes)/kubeadm" config images list --kubernetes-version "v$KUBERNETES_VERSION" 2>/dev/null; }
kubeadm_name() { kubeadm_names | grep "/$1:"; }
kind_name() { grep -rhoE "docker.io/kindest/$1:[a-z0-9-]+" "$kind/pkg/build/nodeimage/" | head -n1; }
pause_name() { sed -n 's/.*sandbox_image = "\(.*\)"/\1/p' "$kind/images/base/files/etc/containerd/config.toml"; }

# image NAME FOLDER CHANGE: FOLDER becomes the image, CHANGE is its entry point in the words of a Dockerfile
image() {
  tar -C "$2" --owner=0 --group=0 -c . |
    docker import -c 'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' -c "$3" - "$1" >/dev/null
  echo "$1"
}

# program_image NAME PROGRAM FILE PATH: an image of one program and nothing else
program_image() {
  rm -rf "$work/one"
  install -D -m755 "$(program_dir "$2")/$3" "$work/one$4"
  image "$1" "$work/one" "ENTRYPOINT [\"$4\"]"
}

for name in kube-apiserver kube-controller-manager kube-scheduler; do
  program_image "$(kubeadm_name $name)" kubernetes $name "/usr/local/bin/$name"
done
program_image "$(kubeadm_name etcd)" etcd etcd /usr/local/bin/etcd
program_image "$(kubeadm_name coredns)" coredns coredns /coredns
program_image "$(kind_name local-path-provisioner)" local-path-provisioner local-path-provisioner \
  /usr/bin/local-path-provisioner
program_image "$(pause_name)" pause pause /pause

# The rest needs a shell or iptables: files of the node's Debian with the libraries that they name. iptables' plugins are
# loaded at run time and need libraries of their own.
take() { # FILE...
  local file library
  for file; do
    install -D "$root$file" "$work/tools$file"
    chroot "$root" ldd "$file" 2>/dev/null | grep -oE '/lib[^ ]+' | while read -r library; do
      install -D "$root$library" "$work/tools$library"
    done
  done
}
tools_image() { # NAME PROGRAM FILE
  install -D -m755 "$(program_dir "$2")/$3" "$work/tools/usr/local/bin/$3"
  image "$1" "$work/tools" "ENTRYPOINT [\"/usr/local/bin/$3\"]"
  rm "$work/tools/usr/local/bin/$3"
}
mkdir -p "$work/tools/tmp"
take /bin/busybox
chroot "$root" busybox --list | while read -r name; do ln -sf busybox "$work/tools/bin/$name"; done
image "$(kind_name local-path-helper)" "$work/tools" 'CMD ["/bin/sh"]'

# shellcheck disable=SC2046
take /usr/sbin/xtables-nft-multi /usr/sbin/nft /usr/sbin/ipset $(chroot "$root" sh -c 'echo /usr/lib/*/xtables/*.so')
for name in {iptables,ip6tables}{,-save,-restore}; do ln -sf xtables-nft-multi "$work/tools/usr/sbin/$name"; done
tools_image "$(kind_name kindnetd)" kindnetd kindnetd
tools_image "$(kubeadm_name kube-proxy)" kubernetes kube-proxy
tools_image "$netpol_image" netpol netpol
