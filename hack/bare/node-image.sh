#!/usr/bin/env bash
# Has kind build its node image from our programs, and keeps it in the cache as the file named by its argument.
# kind wants a release of Kubernetes as a tarball: programs, and archives of four images. All other images travel in the
# first archive, so that kind finds them "built" and pulls nothing.
set -euo pipefail
# shellcheck source=hack/env.sh
source "$(dirname "${BASH_SOURCE[0]}")/../env.sh"
# shellcheck source=hack/bare/paths.sh
source "$hack/bare/paths.sh"

out=$1
root=$2
image=$(node_image)
base=mpc-operator/node-base:v$KIND_VERSION
work=$(mktemp -d "$cache/node-image.XXXXXX")
trap 'rm -rf "$work"' EXIT

tar -C "$root" -c . | docker import - "$base-files"
docker build -t "$base" - <<DOCKERFILE
FROM $base-files
ENV container=docker
STOPSIGNAL SIGRTMIN+3
ENTRYPOINT ["/usr/local/bin/entrypoint", "/sbin/init"]
DOCKERFILE

images=()
while read -r name; do images+=("$name"); done < <("$bare/cluster-images.sh" "$root")

named() { printf '%s\n' "${images[@]}" | grep "/$1:"; }
others() { printf '%s\n' "${images[@]}" | grep -vE '/kube-(controller-manager|scheduler|proxy):'; }

server=$work/kubernetes/server/bin
mkdir -p "$server"
echo "v$KUBERNETES_VERSION" >"$work/kubernetes/version"
cp "$(program_dir kubernetes)"/{kubeadm,kubelet,kubectl} "$server/"

# archive NAME IMAGE...: kind reads the names from `repositories`, which must be the archive's first entry, and wants the
# registry in them, which docker leaves out for its own.
archive() {
  local folder=$work/archive name=$1
  shift
  rm -rf "$folder" && mkdir "$folder"
  docker save "$@" | tar -x -C "$folder"
  sed -i -E 's#"(kindest|mpc-operator)/#"docker.io/\1/#g' "$folder/repositories" "$folder/manifest.json"
  (cd "$folder" && find . -mindepth 1 -maxdepth 1 ! -name repositories -printf '%f\n' |
    tar -cf "$server/$name.tar" repositories -T -)
}
# shellcheck disable=SC2046
archive kube-apiserver $(others)
for name in kube-controller-manager kube-scheduler kube-proxy; do archive $name "$(named $name)"; done

tar -C "$work" -c kubernetes | gzip -1 >"$work/server.tar.gz"
"$(program_dir kind)/kind" build node-image --type file "$work/server.tar.gz" --base-image "$base" --image "$image"
mkdir -p "${out%/*}"
docker save "$image" | gzip -1 >"$work/image.tar.gz"
mv "$work/image.tar.gz" "$out"
