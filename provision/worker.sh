#!/usr/bin/env bash
# kubeadm join. `needs-join CA_SHA256` answers yes or no; `join CA_SHA256` reads the configuration from standard input.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

CA_SHA256=${2:-}

# A control plane that was made anew has another certificate: the worker then belongs to a cluster that is no more.
belongs() { [[ -e /etc/kubernetes/kubelet.conf ]] && has_sha256 /etc/kubernetes/pki/ca.crt "$CA_SHA256"; }
joined() { belongs && systemctl is-active --quiet kubelet; }

start_or_join() {
  if belongs; then
    systemctl enable --now kubelet
    return
  fi
  local config=/run/lab-kubeadm-join.yaml
  (umask 077 && cat >"$config")
  # shellcheck disable=SC2064
  trap "rm -f $config" EXIT
  retry 3 join "$config"
}
join() {
  [[ ! -e /etc/kubernetes/kubelet.conf && ! -e /etc/kubernetes/pki/ca.crt ]] || kubeadm reset --force
  kubeadm join --config "$1"
}

case ${1:-} in
  needs-join) if belongs; then echo no; else echo yes; fi ;;
  join) step 'the worker has joined' joined start_or_join ;;
  *) die 'usage: worker.sh needs-join|join CA_SHA256' ;;
esac
