#!/usr/bin/env bash
# containerd with the configuration it prints itself, changed in two values.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

CONFIG=/etc/containerd/config.toml

# kubelet drives cgroups through systemd, and containerd must do the same. The sandbox image is the one that kubeadm
# knows of, so that a bundle needs only one.
config_text() {
  local pause
  pause=$(kubeadm config images list --kubernetes-version "v$KUBERNETES_VERSION" 2>/dev/null | grep '/pause:')
  containerd config default | sed -E -e 's/^(\s*SystemdCgroup) = false$/\1 = true/' -e "s|^(\s*sandbox) = .*|\1 = '$pause'|"
}
configured() { has_content $CONFIG "$(config_text)"; }
configure() {
  local text
  text=$(config_text)
  grep -q 'SystemdCgroup = true' <<<"$text" || die "containerd's default configuration has no SystemdCgroup"
  write_file $CONFIG "$text"
  systemctl restart containerd
}

running() { systemctl is-enabled --quiet containerd && systemctl is-active --quiet containerd && ctr version >/dev/null 2>&1; }
start() {
  systemctl enable --now containerd
  wait_until 30 'containerd to answer' ctr version
}

step 'containerd is configured' configured configure
step 'containerd runs' running start
