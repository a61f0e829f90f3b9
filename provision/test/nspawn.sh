#!/usr/bin/env bash
# Proves the scripts of provision/ without a hypervisor: three booted systemd-nspawn machines on a network of their own,
# provisioned twice from a bundle, by the same stages that fill virtual machines. The second time must change nothing.
#
#   LAB_TEST_BINARIES=DIRECTORY provision/test/nspawn.sh [--keep]
#
# The directory holds kubeadm, kubelet, kubectl, containerd, containerd-shim-runc-v2, ctr, kube-apiserver,
# kube-controller-manager, kube-scheduler, kube-proxy, etcd, coredns (with its plugin `forward`) and pause, all linked
# statically; with metallb-controller, metallb-speaker and metallb.yaml MetalLB is proven too. Everything else comes from
# Debian's mirror. Calico, ingress-nginx and storage are left out: their images can only be pulled.
set -Eeuo pipefail
HERE=$(dirname "$(readlink -f "$0")")
PROJECT=$(readlink -f "$HERE/../..")
PROGRAMS=(kubeadm kubelet kubectl containerd containerd-shim-runc-v2 ctr kube-apiserver kube-controller-manager
  kube-scheduler kube-proxy etcd coredns pause)

skip() {
  echo "skipped: $*"
  exit 0
}

[[ $(id -u) == 0 ]] || skip 'needs root'
for tool in systemd-nspawn mmdebstrap dpkg-deb ip nsenter ssh ssh-keygen; do
  command -v "$tool" >/dev/null || skip "needs $tool"
done
[[ -n ${LAB_TEST_BINARIES:-} ]] || skip 'needs LAB_TEST_BINARIES, a directory with the programs of Kubernetes'
for program in "${PROGRAMS[@]}"; do
  [[ -x $LAB_TEST_BINARIES/$program ]] || skip "$LAB_TEST_BINARIES has no $program"
done

BINARIES=$(readlink -f "$LAB_TEST_BINARIES")
WORK=$(mktemp -d /var/tmp/lab-provision.XXXXXX)
RUN=lab-provision-$$
WITH_METALLB=no
if [[ -x $BINARIES/metallb-controller && -e $BINARIES/metallb.yaml ]]; then WITH_METALLB=yes; fi
export WORK RUN BINARIES WITH_METALLB

# shellcheck source=machines.sh
. "$HERE/machines.sh"
# shellcheck source=make-bundle.sh
. "$HERE/make-bundle.sh"

clean_up() {
  local status=$?
  trap - EXIT ERR INT TERM
  if [[ ${1:-} == --keep ]]; then
    echo "kept: $WORK, namespaces $RUN-*"
    return
  fi
  if [[ $status != 0 && -d $WORK/state/logs ]]; then cp -r "$WORK/state/logs" "/var/tmp/$RUN-logs" && echo "logs: /var/tmp/$RUN-logs"; fi
  machines_off
  network_off
  rm -rf --one-file-system "$WORK"
}
trap 'clean_up "$@"' EXIT
trap 'exit 130' INT TERM
trap 'echo "failed: line $LINENO: $BASH_COMMAND" >&2' ERR

# provision RUN: the stages of lab:up against the machines, logged.
provision() {
  echo "== run $1"
  on_lan "$PROJECT/node_modules/.bin/node" "$PROJECT/lab/testing/provision-machines.ts" \
    --cluster-file "$WORK/cluster.yaml" --ssh-config "$WORK/ssh-config" --bundle "$WORK/bundle" --directory "$WORK/state" \
    --overrides "$HERE/overrides.yaml" --without "$(left_out)" 2>&1 | tee "$WORK/run-$1.txt"
  cp -r "$WORK/state/logs" "$WORK/logs-$1"
}
left_out() { if [[ $WITH_METALLB == yes ]]; then echo network,storage,ingress,services; else echo network,metallb,storage,ingress,services; fi; }

kubectl_() { on_lan "$BINARIES/kubectl" --kubeconfig "$WORK/state/kubeconfig" "$@"; }

base_tree
cluster_file
make_bundle
network_on
machines_on
ssh_ready
provision 1
provision 2
echo '== the cluster'
kubectl_ get nodes --output wide
kubectl_ get pods --all-namespaces --output wide
if [[ $WITH_METALLB == yes ]]; then kubectl_ --namespace metallb-system get ipaddresspools,l2advertisements; fi
stat --format '%a %n' "$WORK/state/kubeconfig"

if changed=$(grep -h '| *changed\|^changed' "$WORK"/logs-2/*.log); then
  echo "the second run changed something:"
  echo "$changed"
  exit 1
fi
if [[ -n ${LAB_TEST_KEEP_LOGS:-} ]]; then
  mkdir -p "$LAB_TEST_KEEP_LOGS"
  cp -r "$WORK"/run-*.txt "$WORK"/logs-* "$WORK/bundle/SHA256SUMS" "$WORK/bundle/CONTENTS" "$LAB_TEST_KEEP_LOGS/"
fi
echo 'passed: three machines provisioned; the second run changed nothing'
