# shellcheck shell=bash
# Upstream's manifests with our patches: sourced, after lib.sh, by the scripts of the single components.

MANIFESTS=$LAB_DIR/manifests

# fetch NAME URL SHA256: into the directory where the host put the patches of that component.
fetch() {
  local name=$1 url=$2 sha256=$3 file=$MANIFESTS/$1/upstream.yaml
  fetched() { has_sha256 "$file" "$sha256"; }
  take() {
    if with_bundle; then
      cp "$BUNDLE_DIR/manifests/$name.yaml" "$file"
    else
      retry 5 curl --fail --silent --show-error --location --output "$file" "$url"
    fi
    fetched || die "$name.yaml has the SHA-256 $(sha256sum <"$file" | cut -d' ' -f1), not $sha256"
  }
  step "manifest of $name" fetched take
}

# apply WHAT DIRECTORY: server-side, and only if the cluster differs.
apply() {
  local what=$1 directory=$2
  same() { kubectl diff --server-side --force-conflicts --field-manager=log-lab --kustomize "$directory" >/dev/null 2>&1; }
  change() { kubectl apply --server-side --force-conflicts --field-manager=log-lab --kustomize "$directory" | sed 's/^/         /'; }
  step "$what" same change
}

# rolled_out NAMESPACE KIND/NAME: every wanted pod is updated and ready; at the deadline says why they are not.
rolled_out() {
  local namespace=$1 what=$2
  # shellcheck disable=SC2034
  CURRENT_STEP="$namespace $what rolls out"
  if ! kubectl --namespace "$namespace" rollout status "$what" --timeout=300s >/dev/null; then
    kubectl --namespace "$namespace" get pods --output wide >&2
    kubectl --namespace "$namespace" get events --field-selector type=Warning --sort-by=.lastTimestamp | tail -n 10 >&2
    die 'it did not roll out in time'
  fi
  echo "ok       $what is rolled out"
}
