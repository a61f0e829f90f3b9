#!/usr/bin/env bash
# kubeadm init, once. A start that did not get through is taken back and made anew.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

CONFIG=$LAB_DIR/kubeadm-init.yaml
DONE=/var/lib/lab/kubeadm-init.sha256

answers() { kubectl get --raw /readyz >/dev/null 2>&1; }
wait_for_answer() { wait_until 180 'the API server to answer' answers; }
initialised() { [[ -e $DONE && -e $KUBECONFIG ]] && kubelet_running; }
kubelet_running() { systemctl is-active --quiet kubelet; }
initialise() {
  if [[ -e $DONE ]]; then
    systemctl enable --now kubelet
    return
  fi
  [[ -z $(ls -A /etc/kubernetes/manifests 2>/dev/null) ]] || kubeadm reset --force
  with_bundle || retry 3 kubeadm config images pull --config "$CONFIG"
  kubeadm init --config "$CONFIG" --skip-token-print
  mkdir -p "$(dirname "$DONE")"
  sha256sum <"$CONFIG" >"$DONE"
}

initialised_as_described() { [[ $(sha256sum <"$CONFIG") == "$(<"$DONE")" ]]; }
refuse() {
  die "cluster.yaml (or the timing profile) describes another control plane than the one that runs here. Take it down with \
'npm run lab:down -- --provider vagrant --delete-data' and bring it up again"
}

step 'the control plane is initialised' initialised initialise
step 'it is the one that cluster.yaml describes' initialised_as_described refuse
step 'the API server answers' answers wait_for_answer
