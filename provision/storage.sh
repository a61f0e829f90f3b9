#!/usr/bin/env bash
# Volumes in directories of the nodes, as the default storage class.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=components.sh
. "$(dirname "$0")/components.sh"

fetch local-path-provisioner "$LOCAL_PATH_PROVISIONER_MANIFEST" "$LOCAL_PATH_PROVISIONER_SHA256"
apply "storage class $STORAGE_CLASS" "$MANIFESTS/local-path-provisioner"
rolled_out local-path-storage deployment/local-path-provisioner
