#!/usr/bin/env bash
# MetalLB in layer 2 mode, and its pool of addresses.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=components.sh
. "$(dirname "$0")/components.sh"

fetch metallb "$METALLB_MANIFEST" "$METALLB_SHA256"
apply 'MetalLB' "$MANIFESTS/metallb"
rolled_out metallb-system deployment/controller
rolled_out metallb-system daemonset/speaker

# The webhook that checks the pool answers a moment after its pod is ready; until then every pool is refused.
CURRENT_STEP="MetalLB's webhook answers"
wait_until 120 "MetalLB's webhook" kubectl apply --server-side --dry-run=server --force-conflicts --field-manager=log-lab \
  --kustomize "$MANIFESTS/metallb-pool"
apply "the pool $LOAD_BALANCER_RANGE" "$MANIFESTS/metallb-pool"
