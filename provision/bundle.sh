#!/usr/bin/env bash
# The bundle on a machine. `verify DIGEST`: whether it is the one with that SHA-256 of SHA256SUMS, and whole.
# `collect DIRECTORY`: makes one of what this machine downloaded.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

verify() {
  if has_sha256 "$BUNDLE_DIR/SHA256SUMS" "$1" && (cd "$BUNDLE_DIR" && sha256sum --check --quiet --strict SHA256SUMS); then
    echo 'ok       bundle: complete'
  else
    echo '         bundle: missing or not whole'
  fi
}

# Package files of what was installed since packages.sh noted what the box brought along.
collect_packages() {
  mkdir -p "$1"
  local name version
  while read -r name version; do
    (cd "$1" && retry 3 apt-get --quiet download "$name=$version")
  done < <(packages_installed | grep -vxFf /var/lib/lab/box-packages)
}

collect_images() {
  mkdir -p "$1"
  local name archive names
  mapfile -t names < <(
    {
      kubeadm config images list --kubernetes-version "v$KUBERNETES_VERSION" 2>/dev/null
      sed -n 's/^ *image: *"\{0,1\}\([^"]*\)"\{0,1\}$/\1/p' "$LAB_DIR"/manifests/*/upstream.yaml | grep -v '/busybox$' |
        # containerd looks for an image with a digest under its name without the tag.
        sed 's/:[^:@/]*@/@/'
      echo "$OTHER_IMAGES"
      ctr --namespace k8s.io images list --quiet | grep '/log-lab/'
    } | sort -u
  )
  : >"$1/INDEX"
  for name in "${names[@]}"; do
    archive=$(tr '/:@' '___' <<<"$name").tar
    ctr --namespace k8s.io images list --quiet | grep -qxF "$name" ||
      retry 3 ctr --namespace k8s.io images pull "$name" >/dev/null
    ctr --namespace k8s.io images export --platform "linux/$(dpkg --print-architecture)" "$1/$archive" "$name"
    echo "$archive $name" >>"$1/INDEX"
    echo "         $name"
  done
}

collect_manifests() {
  mkdir -p "$1"
  local directory
  for directory in "$LAB_DIR"/manifests/*/; do
    [[ ! -e $directory/upstream.yaml ]] || cp "$directory/upstream.yaml" "$1/$(basename "$directory").yaml"
  done
}

collect() {
  rm -rf "$1"
  mkdir -p "$1"
  collect_packages "$1/packages"
  collect_images "$1/images"
  collect_manifests "$1/manifests"
  printf 'architecture %s\nkubernetes %s\ncontainerd %s\nsystem %s\n' "$(dpkg --print-architecture)" "$KUBERNETES_VERSION" \
    "$CONTAINERD_VERSION" "$(. /etc/os-release && echo "$PRETTY_NAME")" >"$1/CONTENTS"
  local sums
  sums=$(cd "$1" && find . -type f -printf '%P\0' | sort --zero-terminated | xargs --null sha256sum)
  write_file "$1/SHA256SUMS" "$sums"
  echo "changed  bundle of $(wc -l <"$1/SHA256SUMS") files, $(du -sh "$1" | cut -f1)"
}

case ${1:-} in
  verify) verify "${2:?}" ;;
  collect) collect "${2:?}" ;;
  *) die 'usage: bundle.sh verify DIGEST | collect DIRECTORY' ;;
esac
