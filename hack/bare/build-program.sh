#!/usr/bin/env bash
# build-program.sh NAME: builds one of the cluster's programs from Go modules into the folder that program_dir names.
set -euo pipefail
# shellcheck source=hack/env.sh
source "$(dirname "${BASH_SOURCE[0]}")/../env.sh"
# shellcheck source=hack/bare/paths.sh
source "$hack/bare/paths.sh"

name=$1
out=$(program_dir "$name")
[[ ! -d $out ]] || exit 0
PATH=$("$bare/go.sh"):$PATH
export CGO_ENABLED=0 GOFLAGS='-mod=mod -trimpath -buildvcs=false'

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/bin"
cd "$work"
if [[ -f $bare/go/$name/main.go ]]; then cp "$bare/go/$name/main.go" .; fi

# Each program is a module of its own, so that it gets the very dependencies it was released with. `go install` does not
# do here: it refuses modules with replace directives.
need() { go mod init mpc-operator.local/node && go get "$@"; }
build() { go build -o bin/ -ldflags "-s -w ${ld:-}" "$@"; }

case $name in
  kubernetes)
    # The go.mod of Kubernetes points the staging modules at ./staging; elsewhere they are published as v0.x.y.
    mod=$(go mod download -json "k8s.io/kubernetes@v$KUBERNETES_VERSION" | sed -n 's/.*"GoMod": "\(.*\)".*/\1/p')
    {
      printf 'module mpc-operator.local/node\nrequire k8s.io/kubernetes v%s\n' "$KUBERNETES_VERSION"
      grep -E '^(go|godebug) ' "$mod"
      sed -n "s#^\s*\(k8s.io/[a-z-]*\) => ./staging.*#replace \1 => \1 v0.${KUBERNETES_VERSION#1.}#p" "$mod"
    } >go.mod
    IFS=. read -r major minor _ <<<"$KUBERNETES_VERSION"
    for package in k8s.io/component-base/version k8s.io/client-go/pkg/version; do
      ld="${ld:-} -X $package.gitVersion=v$KUBERNETES_VERSION -X $package.gitMajor=$major -X $package.gitMinor=$minor"
    done
    build k8s.io/kubernetes/cmd/kube-{apiserver,controller-manager,scheduler,proxy} \
      k8s.io/kubernetes/cmd/{kubectl,kubelet,kubeadm}
    ;;
  containerd)
    package=github.com/containerd/containerd/v2
    need "$package@v$CONTAINERD_VERSION"
    ld="-X $package/version.Version=v$CONTAINERD_VERSION -X $package/version.Package=$package"
    build -tags no_btrfs,no_zfs,no_devmapper $package/cmd/{containerd,ctr,containerd-shim-runc-v2}
    ;;
  etcd)
    need "go.etcd.io/etcd/server/v3@v$ETCD_VERSION"
    build go.etcd.io/etcd/server/v3
    mv bin/server bin/etcd 2>/dev/null || mv bin/v3 bin/etcd
    ;;
  coredns)
    need "github.com/coredns/coredns@v$COREDNS_VERSION"
    build -o bin/coredns .
    ;;
  local-path-provisioner)
    need "github.com/rancher/local-path-provisioner@v$LOCAL_PATH_VERSION"
    build github.com/rancher/local-path-provisioner
    ;;
  kind)
    need "sigs.k8s.io/kind@v$KIND_VERSION"
    build sigs.k8s.io/kind
    ;;
  helm)
    need "helm.sh/helm/v4@v$HELM_VERSION"
    ld="-X helm.sh/helm/v4/internal/version.version=v$HELM_VERSION"
    build helm.sh/helm/v4/cmd/helm
    ;;
  netpol)
    # -e: whole kube-router does not build from the proxy (a checksum of gobgp is missing); its policy controller does.
    go mod init mpc-operator.local/node
    go get "github.com/cloudnativelabs/kube-router@v$KUBE_ROUTER_VERSION" || true
    go mod tidy -e
    build -o bin/netpol .
    ;;
  kindnetd | pause)
    go mod init mpc-operator.local/node
    build -o "bin/$name" .
    ;;
  *) fail "no program is called $name" ;;
esac

mkdir -p "${out%/*}"
mv -T bin "$out"
