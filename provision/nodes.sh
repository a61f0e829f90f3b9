#!/usr/bin/env bash
# Every node of cluster.yaml is there under its address and Ready, and names resolve.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=components.sh
. "$(dirname "$0")/components.sh"

nodes_seen() {
  kubectl get nodes --output jsonpath='{range .items[*]}{.status.addresses[?(@.type=="InternalIP")].address} {.metadata.name}{"\n"}{end}'
}
all_there() { [[ $(nodes_seen | sort) == "$(sort <<<"$NODE_HOSTS")" ]]; }
wait_for_all() {
  wait_until 120 "the nodes and addresses of cluster.yaml; there are: $(nodes_seen | tr '\n' ' ')" all_there
}

all_ready() { kubectl get nodes --no-headers | awk '$2 !~ /^Ready(,|$)/ { bad = 1 } END { exit bad || NR == 0 }'; }
wait_for_ready() { kubectl wait --for=condition=Ready nodes --all --timeout=300s >/dev/null; }

step 'every node is there under its own address' all_there wait_for_all
step 'every node is Ready' all_ready wait_for_ready
rolled_out kube-system daemonset/kube-proxy
rolled_out kube-system deployment/coredns
