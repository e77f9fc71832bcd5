#!/usr/bin/env bash
# engine.sh nodes|builder|stop: runs the two container engines of a machine that has none.
#   nodes    runs the cluster in a network namespace of its own, so that nothing of it appears on the machine's networks
#   builder  builds images with the machine's own network, and makes no network itself
# Both start once and stay; `stop` ends them. Their sockets and process ids are in $run, their data is in the cache.
set -euo pipefail
# shellcheck source=hack/env.sh
source "$(dirname "${BASH_SOURCE[0]}")/../env.sh"
# shellcheck source=hack/bare/paths.sh
source "$hack/bare/paths.sh"

# Whether the process of a pid file is still the process that wrote it: its arguments name files of that name.
running() { [[ -f $1 ]] && grep -qsF "${1%.pid}" "/proc/$(<"$1")/cmdline"; }
alive() { docker -H "unix://$run/$1.sock" version >/dev/null 2>&1; }

# A privileged container asks for every capability. Where root itself lacks CAP_SYS_RESOURCE that fails, so these
# machines get a runtime that takes this capability out of the request. The runtime is a copy, because the engine may
# outlive this clone.
runtime_options() {
  local bounding sys_resource=24 runtime=$state/runc-without-sys-resource
  bounding=$(sed -n 's/^CapBnd:\s*//p' /proc/self/status)
  (((16#$bounding >> sys_resource & 1) == 0)) || return 0
  install -D -m755 "$bare/runc-without-sys-resource" "$runtime"
  echo --add-runtime "unprivileged-resources=$runtime" --default-runtime unprivileged-resources
}

# start NAME COMMAND...: starts an engine. COMMAND is dockerd, with the options that differ between the two engines
start() {
  local name=$1 file
  shift
  if alive "$name"; then return; fi
  mkdir -p "$run" "$state/$name"
  echo "$state" >"$run/state"
  # an engine that was killed leaves these files behind, and the next engine would refuse to start or wait for the dead
  # one
  for file in "$run/$name.pid" "$run/$name/containerd/containerd.pid"; do
    running "$file" || rm -f "$file"
  done
  # A PATH of the system only: the engine must not find the nodes' newer containerd shim.
  PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin setsid "$@" \
    --host "unix://$run/$name.sock" --pidfile "$run/$name.pid" --exec-root "$run/$name" \
    --data-root "$state/$name" --storage-driver overlay2 \
    >"$state/$name.log" 2>&1 </dev/null &
  for _ in {1..120}; do
    if alive "$name"; then return; fi
    sleep 0.5
  done
  tail -n 25 "$state/$name.log" >&2
  fail "the engine '$name' did not start; the whole log: $state/$name.log"
}

at_least() { # SYSCTL VALUE
  if (($(sysctl -n "$1") < $2)); then sysctl -qw "$1=$2"; fi
}

start_nodes() {
  if alive nodes; then return; fi
  # four nodes, each with systemd, containerd and a kubelet, need more than the default of 128
  at_least fs.inotify.max_user_instances 1024
  at_least fs.inotify.max_user_watches 524288
  [[ -e /run/netns/$netns ]] || ip netns add "$netns"
  ip -n "$netns" link set lo up
  # this takes nsenter, since `ip netns exec` mounts a fresh /sys without the cgroups
  # shellcheck disable=SC2046
  start nodes nsenter --net="/run/netns/$netns" dockerd $(runtime_options)
}

start_builder() {
  start builder dockerd --bridge=none --iptables=false --ip-forward=false --ip-masq=false
}

stop() {
  local file
  for file in "$run"/{nodes,builder}.pid; do
    running "$file" || continue
    kill "$(<"$file")"
    while running "$file"; do sleep 0.2; done
  done
  if [[ -e /run/netns/$netns ]]; then ip netns delete "$netns"; fi
  unmount_below "$run"
  unmount_below "$state"
  rm -rf --one-file-system "$run"
}

# An engine that has ended leaves mounts behind, such as the network namespace of a build. The last mount goes first.
unmount_below() {
  local mount
  while read -r _ mount _; do
    if [[ $mount == "$1"/* ]]; then umount "$mount"; fi
  done < <(tac /proc/self/mounts)
}

require_own_engine
case ${1:-} in
  nodes) start_nodes ;;
  builder) start_builder ;;
  stop) stop ;;
  *) fail "usage: engine.sh nodes|builder|stop" ;;
esac
