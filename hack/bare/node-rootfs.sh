#!/usr/bin/env bash
# node-rootfs.sh FOLDER: the file system of a node, made of Debian packages and kind's own files: what kind's
# images/base/Dockerfile does for its public base image.
set -euo pipefail
# shellcheck source=hack/env.sh
source "$(dirname "${BASH_SOURCE[0]}")/../env.sh"
# shellcheck source=hack/bare/paths.sh
source "$hack/bare/paths.sh"
PATH=$("$bare/go.sh"):$PATH

root=$1
packages=(systemd conntrack iptables nftables ipset iproute2 ethtool util-linux mount kmod pigz ca-certificates curl jq
  procps runc containernetworking-plugins busybox)
kind=$(go mod download -json "sigs.k8s.io/kind@v$KIND_VERSION" | sed -n 's/.*"Dir": "\(.*\)".*/\1/p')
containerd=$(program_dir containerd)

debootstrap --variant=minbase --include="$(IFS=,; echo "${packages[*]}")" bookworm "$root"
cp -r --no-preserve=mode "$kind"/images/base/files/. "$root/"
chmod 755 "$root"/usr/local/bin/* "$root"/kind/bin/*
# where root lacks CAP_SYS_RESOURCE, oom_score_adj cannot be lowered
sed -i 's/restrict_oom_score_adj = false/restrict_oom_score_adj = true/' "$root/etc/containerd/config.toml"
install -m755 "$containerd"/{containerd,ctr,containerd-shim-runc-v2} "$root/usr/local/bin/"
mkdir -p "$root/opt/cni/bin" "$root/etc/kubernetes/manifests"
mv "$root"/usr/lib/cni/{host-local,loopback,ptp,portmap} "$root/opt/cni/bin/"

# shellcheck disable=SC2016
chroot "$root" /bin/bash -euc '
  find /lib/systemd/system/sysinit.target.wants/ -name systemd-tmpfiles-setup.service -delete
  rm -f /lib/systemd/system/{multi-user,local-fs,basic}.target.wants/* /etc/systemd/system/*.wants/*
  rm -f /lib/systemd/system/sockets.target.wants/*{udev,initctl}*
  echo ReadKMsg=no >>/etc/systemd/journald.conf
  ln -sf "$(command -v systemd)" /sbin/init
  systemctl enable kubelet containerd undo-mount-hacks
  systemctl mask systemd-binfmt
  ctr oci spec |
    jq ".hooks.createContainer += [{path: \"/kind/bin/mount-product-files.sh\"}] | del(.process.rlimits)" \
    >/etc/containerd/cri-base.json
  rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/log/* /usr/share/{doc,man,locale}/* /usr/lib/cni'
