#!/usr/bin/env bash
# ingress-nginx on the workers, at its own address.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=components.sh
. "$(dirname "$0")/components.sh"

fetch ingress-nginx "$INGRESS_NGINX_MANIFEST" "$INGRESS_NGINX_SHA256"
apply "ingress-nginx as class $INGRESS_CLASS" "$MANIFESTS/ingress-nginx"

# They make the webhook's certificate; without it the controller's pods stay in ContainerCreating.
admission_done() {
  [[ $(kubectl --namespace ingress-nginx get jobs ingress-nginx-admission-create ingress-nginx-admission-patch \
    --output jsonpath='{.items[*].status.succeeded}') == '1 1' ]]
}
wait_for_admission() {
  kubectl --namespace ingress-nginx wait --for=condition=Complete --timeout=300s \
    job/ingress-nginx-admission-create job/ingress-nginx-admission-patch >/dev/null
}
has_address() {
  [[ $(kubectl --namespace ingress-nginx get service ingress-nginx-controller \
    --output jsonpath='{.status.loadBalancer.ingress[0].ip}') == "$INGRESS_ADDRESS" ]]
}
wait_for_ingress_address() { wait_until 60 "the address $INGRESS_ADDRESS of the ingress" has_address; }

step 'the admission jobs are done' admission_done wait_for_admission
rolled_out ingress-nginx deployment/ingress-nginx-controller
step "the ingress has the address $INGRESS_ADDRESS" has_address wait_for_ingress_address
