# shellcheck shell=bash
# Three booted machines on a network of their own. Sourced by nspawn.sh, which sets WORK and RUN.

declare -A ADDRESSES=([cp]=192.168.56.10 [w1]=192.168.56.11 [w2]=192.168.56.12)
declare -A POD_CIDRS=([cp]=10.244.0.0/24 [w1]=10.244.1.0/24 [w2]=10.244.2.0/24)
NAMES=(cp w1 w2)
HOST_ADDRESS=192.168.56.1

debian_mirror() {
  awk '/^URIs:/ && !found { found = $2 } /^deb / && !found { for (i = 2; i <= NF; i++) if ($i ~ /:\/\//) { found = $i; break } } END { print found }' \
    <(cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources 2>/dev/null || true)
}

# What a box brings along: systemd, sshd, sudo. A base made before can be given as LAB_TEST_BASE.
base_tree() {
  if [[ -n ${LAB_TEST_BASE:-} ]]; then
    cp -a "$LAB_TEST_BASE" "$WORK/base"
  else
    echo '== a minimal Debian'
    mmdebstrap --quiet --variant=minbase \
      --include=systemd,systemd-sysv,dbus,udev,iproute2,openssh-server,sudo,ca-certificates,procps,kmod,openssl,diffutils \
      bookworm "$WORK/base" "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $(debian_mirror) bookworm main"
  fi
  ssh-keygen -q -t ed25519 -N '' -f "$WORK/key"
  install -d -m 0700 "$WORK/base/root/.ssh"
  cp "$WORK/key.pub" "$WORK/base/root/.ssh/authorized_keys"
  : >"$WORK/base/etc/machine-id"
  # A swap entry and a loopback name, as boxes have them.
  echo '/swap.img none swap sw 0 0' >>"$WORK/base/etc/fstab"
  # containerd may not lower its own protection from the OOM killer inside a container.
  install -d "$WORK/base/etc/containerd/conf.d"
  printf '%s\n' 'version = 3' "[plugins.'io.containerd.cri.v1.runtime']" '  restrict_oom_score_adj = true' \
    >"$WORK/base/etc/containerd/conf.d/test.toml"
}

network_on() {
  local name
  ip netns add "$RUN-lan"
  ip -n "$RUN-lan" link add lan type bridge
  ip -n "$RUN-lan" link set lan up
  join_lan host "$HOST_ADDRESS"
  for name in "${NAMES[@]}"; do
    join_lan "$name" "${ADDRESSES[$name]}"
    pod_routes "$name"
  done
}

# join_lan NAME ADDRESS: a network namespace with one port on the bridge.
join_lan() {
  ip netns add "$RUN-$1"
  ip -n "$RUN-lan" link add "port-$1" type veth peer name eth1 netns "$RUN-$1"
  ip -n "$RUN-lan" link set "port-$1" master lan up
  ip -n "$RUN-$1" link set lo up
  ip -n "$RUN-$1" address add "$2/24" dev eth1
  ip -n "$RUN-$1" link set eth1 up
  ip -n "$RUN-$1" route add default via "$HOST_ADDRESS" dev eth1 2>/dev/null || true
}

# Stand in for Calico: the image of a real network plugin can only be pulled.
pod_routes() {
  local other
  for other in "${NAMES[@]}"; do
    [[ $other == "$1" ]] || ip -n "$RUN-$1" route add "${POD_CIDRS[$other]}" via "${ADDRESSES[$other]}"
  done
}
pod_network() {
  install -d "$WORK/$1/etc/cni/net.d"
  cat >"$WORK/$1/etc/cni/net.d/10-test.conflist" <<CNI
{"cniVersion": "1.0.0", "name": "test", "plugins": [
  {"type": "bridge", "bridge": "cni0", "isGateway": true, "ipMasq": true,
   "ipam": {"type": "host-local", "ranges": [[{"subnet": "${POD_CIDRS[$1]}"}]], "routes": [{"dst": "0.0.0.0/0"}]}},
  {"type": "portmap", "capabilities": {"portMappings": true}}]}
CNI
}

network_off() {
  local name
  for name in lan host "${NAMES[@]}"; do
    [[ ! -e /run/netns/$RUN-$name ]] || ip netns delete "$RUN-$name"
  done
}

on_lan() { nsenter --net="/run/netns/$RUN-host" "$@"; }

machines_on() {
  local name
  echo '== booting three machines'
  for name in "${NAMES[@]}"; do
    cp -a "$WORK/base" "$WORK/$name"
    echo "$name" >"$WORK/$name/etc/hostname"
    printf '127.0.0.1 localhost\n127.0.2.1 %s %s\n' "$name" "$name" >"$WORK/$name/etc/hosts"
    echo "nameserver $HOST_ADDRESS" >"$WORK/$name/etc/resolv.conf"
    pod_network "$name"
    boot "$name" &
    echo $! >"$WORK/$name.pid"
  done
  for name in "${NAMES[@]}"; do wait_for_boot "$name"; done
}

# The directories of this process in each hierarchy of cgroups, with room for the machine below.
cgroup_directories() {
  local kind mount options path controllers
  while read -r _ mount kind options _; do
    [[ $kind == cgroup || $kind == cgroup2 ]] || continue
    while IFS=: read -r _ controllers path; do
      if [[ $kind == cgroup2 && -z $controllers ]] || [[ $kind == cgroup && -n $controllers && ,$options, == *",$controllers,"* ]]; then
        echo "$mount${path%/}/$RUN-$1"
      fi
    done </proc/self/cgroup
  done </proc/mounts
}

boot() {
  local directory
  cgroup_directories "$1" >"$WORK/$1.cgroups"
  while read -r directory; do
    mkdir -p "$directory"
    if [[ -e $directory/cpuset.cpus && -z $(<"$directory/cpuset.cpus") ]]; then
      cat "$directory/../cpuset.cpus" >"$directory/cpuset.cpus"
      cat "$directory/../cpuset.mems" >"$directory/cpuset.mems"
    fi
    echo "$BASHPID" >"$directory/cgroup.procs"
  done <"$WORK/$1.cgroups"
  exec setsid systemd-nspawn --quiet --directory "$WORK/$1" --machine "$1" --keep-unit --register=no --resolv-conf=off \
    --network-namespace-path "/run/netns/$RUN-$1" --capability=all --system-call-filter='@known' --bind=/dev/kmsg --boot \
    </dev/null >"$WORK/$1.console" 2>&1
}

leader() { pgrep --parent "$(<"$WORK/$1.pid")" --oldest 2>/dev/null; }
inside() {
  local name=$1
  shift
  nsenter --target "$(leader "$name")" --all "$@"
}

wait_for_boot() {
  local limit=$((SECONDS + 90)) state
  until state=$(inside "$1" systemctl is-system-running 2>/dev/null) || [[ $state == degraded ]]; do
    ((SECONDS < limit)) || { tail -n 5 "$WORK/$1.console" && return 1; }
    sleep 0.5
  done
  # A virtual machine has a kernel of its own, whose settings and cgroups it may write.
  # shellcheck disable=SC2016
  inside "$1" sh -c 'mount -o remount,bind,rw /proc/sys; mount -o remount,bind,rw /sys/fs/cgroup
    for m in /sys/fs/cgroup/*/; do mount -o remount,bind,rw "$m"; done
    mount --make-rshared /; mount -o remount,rw /sys 2>/dev/null || true'
}

machines_off() {
  local name pid directory
  for name in "${NAMES[@]}"; do
    [[ -e $WORK/$name.pid ]] || continue
    pid=$(leader "$name") || true
    [[ -z $pid ]] || kill -KILL "$pid" 2>/dev/null || true
    wait "$(<"$WORK/$name.pid")" 2>/dev/null || true
    while read -r directory; do
      for _ in {1..50}; do
        [[ ! -d $directory ]] || find "$directory" -depth -type d -exec rmdir {} + 2>/dev/null || sleep 0.1
      done
    done <"$WORK/$name.cgroups"
  done
}

ssh_ready() {
  local name limit=$((SECONDS + 60))
  for name in "${NAMES[@]}"; do
    printf 'Host %s\n  HostName %s\n  User root\n  IdentityFile %s\n  IdentitiesOnly yes\n  StrictHostKeyChecking no\n  UserKnownHostsFile /dev/null\n  LogLevel ERROR\n' \
      "$name" "${ADDRESSES[$name]}" "$WORK/key"
  done >"$WORK/ssh-config"
  for name in "${NAMES[@]}"; do
    until on_lan ssh -F "$WORK/ssh-config" "$name" true </dev/null 2>/dev/null; do
      ((SECONDS < limit)) || { echo "no ssh to $name" && return 1; }
      sleep 0.5
    done
  done
}
