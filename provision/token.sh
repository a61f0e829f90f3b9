#!/usr/bin/env bash
# A token for the joins of one run, and its end. `create` prints it and the hash of the cluster's certificate as JSON.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

case ${1:-} in
  create)
    token=$(kubeadm token create --ttl 20m --description 'joins of one lab:up')
    hash=$(openssl x509 -pubkey -noout -in /etc/kubernetes/pki/ca.crt | openssl pkey -pubin -outform der | sha256sum | cut -d' ' -f1)
    printf '{"token":"%s","caCertHash":"sha256:%s"}\n' "$token" "$hash"
    ;;
  # The token comes on standard input, where no list of processes shows it.
  delete) read -r token && kubeadm token delete "$token" ;;
  *) die 'usage: token.sh create | delete' ;;
esac
