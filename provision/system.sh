#!/usr/bin/env bash
# The machine itself: no swap, kernel modules, sysctls, names and addresses.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

no_swap_active() { [[ -z $(swapon --show --noheadings) ]]; }
swap_off() { swapoff --all; }

no_swap_in_fstab() { ! grep -Eq '^[^#]\S*\s+\S+\s+swap\s' /etc/fstab; }
comment_swap_out() {
  sed -Ei 's/^([^#]\S*\s+\S+\s+swap\s.*)$/# \1/' /etc/fstab
  systemctl daemon-reload
}

# Units that the box brings along, such as zram or a swap partition that systemd found on its own.
swap_units() {
  systemctl list-units --all --plain --no-legend --type=swap | awk '$2 == "loaded" { print $1 }'
  systemctl list-unit-files --plain --no-legend --type=swap | awk '$2 != "masked" { print $1 }'
}
no_swap_units() { [[ -z $(swap_units) ]]; }
mask_swap_units() { swap_units | sort -u | xargs --no-run-if-empty systemctl mask --now; }

MODULES=(overlay br_netfilter)
modules_listed() { has_content /etc/modules-load.d/lab.conf "$(printf '%s\n' "${MODULES[@]}")"; }
list_modules() { write_file /etc/modules-load.d/lab.conf "$(printf '%s\n' "${MODULES[@]}")"; }

# A module may also be built into the kernel: br_netfilter then shows only by its sysctls.
modules_there() { [[ -e /sys/module/overlay && -e /proc/sys/net/bridge/bridge-nf-call-iptables ]]; }
load_modules() { modprobe --all "${MODULES[@]}"; }

SYSCTLS='net.bridge.bridge-nf-call-iptables = 1
net.bridge.bridge-nf-call-ip6tables = 1
net.ipv4.ip_forward = 1'
sysctls_set() {
  local name value
  has_content /etc/sysctl.d/90-lab.conf "$SYSCTLS" && while read -r name _ value; do
    [[ $(sysctl --values "$name") == "$value" ]] || return 1
  done <<<"$SYSCTLS"
}
set_sysctls() {
  write_file /etc/sysctl.d/90-lab.conf "$SYSCTLS"
  sysctl --quiet --load /etc/sysctl.d/90-lab.conf
}

# Boxes give the host's own name a loopback address, which other programs then take for the node's.
hosts_text() {
  sed -e '/^# lab begin/,/^# lab end/d' -e "/^127\.[^ \t]*[ \t].*\b$(hostname)\b/d" /etc/hosts
  printf '# lab begin\n%s\n# lab end\n' "$NODE_HOSTS"
}
hosts_known() { has_content /etc/hosts "$(hosts_text)"; }
# Overwritten in place: where /etc/hosts is a mount of its own, it cannot be replaced.
write_hosts() {
  local text
  text=$(hosts_text)
  printf '%s\n' "$text" >/etc/hosts
}

has_own_address() { grep -qxF "$(node_address) $(hostname)" <<<"$NODE_HOSTS"; }
wait_for_address() {
  wait_until 60 "an address of $HOST_ONLY_CIDR that is $(hostname)'s in cluster.yaml; there is: $(ip -4 -br addr | tr '\n' ' ')" has_own_address
}

step 'swap is off' no_swap_active swap_off
step 'swap is not in fstab' no_swap_in_fstab comment_swap_out
step 'swap units are masked' no_swap_units mask_swap_units
step 'kernel modules are loaded at boot' modules_listed list_modules
step 'kernel modules are there' modules_there load_modules
step 'sysctls for pod traffic' sysctls_set set_sysctls
step 'the nodes know each other by name' hosts_known write_hosts
step "the node has its address in $HOST_ONLY_CIDR" has_own_address wait_for_address
