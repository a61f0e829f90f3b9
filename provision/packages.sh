#!/usr/bin/env bash
# Packages, pinned and held: from the signed repositories, or from the bundle.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

KEYRINGS=/etc/apt/keyrings
TOOLS=(ca-certificates conntrack curl ethtool gnupg iptables socat)
PINNED=("kubelet=$KUBERNETES_VERSION-" "kubeadm=$KUBERNETES_VERSION-" "kubectl=$KUBERNETES_VERSION-" "containerd.io=$CONTAINERD_VERSION-")
HELD=(kubelet kubeadm kubectl containerd.io kubernetes-cni)

# A box that has just booted updates itself: wait for its lock instead of failing.
apt() { retry 3 apt-get --quiet --yes -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 "$@"; }

version_of() { dpkg-query --show --showformat '${db:Status-Status} ${Version}' "$1" 2>/dev/null | sed -n 's/^installed //p'; }

tools_installed() {
  local name
  for name in "${TOOLS[@]}"; do [[ -n $(version_of "$name") ]] || return 1; done
}
install_tools() {
  apt update
  apt install --no-install-recommends "${TOOLS[@]}"
}

pinned_installed() {
  local pin
  for pin in "${PINNED[@]}"; do [[ $(version_of "${pin%%=*}") == "${pin#*=}"* ]] || return 1; done
}
install_pinned() {
  apt update
  apt install --no-install-recommends --allow-change-held-packages --allow-downgrades "${PINNED[@]/%/*}"
}

held() { [[ -z $(comm -13 <(apt-mark showhold | sort) <(printf '%s\n' "${HELD[@]}" | sort)) ]]; }
hold() { apt-mark hold "${HELD[@]}" >/dev/null; }

# repository NAME KEY_URL FINGERPRINT 'SOURCE': a key is taken only if its fingerprint is the one in cluster.yaml.
repository() {
  local name=$1 key_url=$2 fingerprint=$3 source=$4
  repository_there() { [[ -s $KEYRINGS/$name.gpg ]] && has_content "/etc/apt/sources.list.d/$name.list" "$source"; }
  add_repository() {
    local key seen
    key=$(mktemp)
    retry 5 curl --fail --silent --show-error --location --output "$key" "$key_url"
    seen=$(gpg --show-keys --with-colons "$key" | awk -F: '$1 == "fpr" { print $10; exit }')
    [[ $seen == "$fingerprint" ]] || die "$key_url has the fingerprint $seen, not $fingerprint"
    mkdir -p "$KEYRINGS"
    gpg --batch --yes --dearmor --output "$KEYRINGS/$name.gpg" "$key"
    chmod 0644 "$KEYRINGS/$name.gpg"
    write_file "/etc/apt/sources.list.d/$name.list" "$source"
    rm "$key"
  }
  step "repository $name" repository_there add_repository
}

missing_from_bundle() {
  local file name version
  for file in "$BUNDLE_DIR"/packages/*.deb; do
    # shellcheck disable=SC2016
    read -r name version < <(dpkg-deb --show --showformat '${Package} ${Version}\n' "$file")
    [[ $(version_of "$name") == "$version" ]] || echo "$file"
  done
}
bundle_installed() { [[ -z $(missing_from_bundle) ]] && pinned_installed && tools_installed; }
install_bundle() {
  local files
  mapfile -t files < <(missing_from_bundle)
  # Without sources apt knows of nothing but these files and what is installed, and asks no server.
  apt-get --quiet --yes -o Dir::Etc::SourceList=/dev/null -o Dir::Etc::SourceParts=/dev/null -o DPkg::Lock::Timeout=300 \
    -o Dpkg::Use-Pty=0 install --no-install-recommends --allow-downgrades --allow-change-held-packages "${files[@]}"
}

# lab:bundle takes along what is not in the box.
box_noted() { [[ -s /var/lib/lab/box-packages ]]; }
note_box() { write_file /var/lib/lab/box-packages "$(packages_installed)"; }

step "the box's own packages are noted" box_noted note_box
if with_bundle; then
  step "packages of the bundle: Kubernetes $KUBERNETES_VERSION, containerd $CONTAINERD_VERSION" bundle_installed install_bundle
else
  step 'tools' tools_installed install_tools
  # shellcheck source=/dev/null
  distribution=$(. /etc/os-release && echo "$ID")
  # shellcheck source=/dev/null
  codename=$(. /etc/os-release && echo "$VERSION_CODENAME")
  repository kubernetes "$KUBERNETES_KEY_URL" "$KUBERNETES_KEY_FINGERPRINT" \
    "deb [signed-by=$KEYRINGS/kubernetes.gpg] $KUBERNETES_REPOSITORY /"
  repository containerd "${CONTAINERD_KEY_URL//\{distribution\}/$distribution}" "$CONTAINERD_KEY_FINGERPRINT" \
    "deb [signed-by=$KEYRINGS/containerd.gpg] ${CONTAINERD_REPOSITORY//\{distribution\}/$distribution} $codename stable"
  step "Kubernetes $KUBERNETES_VERSION, containerd $CONTAINERD_VERSION" pinned_installed install_pinned
fi
step 'packages are held' held hold
