#!/usr/bin/env bash
# Calico, and with it every node Ready.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=components.sh
. "$(dirname "$0")/components.sh"

fetch calico "$CALICO_MANIFEST" "$CALICO_SHA256"
apply 'Calico' "$MANIFESTS/calico"
rolled_out kube-system daemonset/calico-node
rolled_out kube-system deployment/calico-kube-controllers
