#!/usr/bin/env bash
# Builds the services' images from their bundled sources, into archives with an INDEX for images.sh.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

CONTEXT=${1:?usage: build-images.sh CONTEXT OUTPUT SOURCES_SHA256 NAME...}
OUTPUT=${2:?}
SOURCES=${3:?}
NAMES=("${@:4}")

builder_installed() { command -v buildah >/dev/null; }
install_builder() {
  retry 3 apt-get --quiet --yes -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 install --no-install-recommends buildah
}

built() { [[ -e $OUTPUT/SOURCES ]] && has_content "$OUTPUT/SOURCES" "$SOURCES"; }
build() {
  local service name
  rm -rf "$OUTPUT"
  mkdir -p "$OUTPUT"
  for name in "${NAMES[@]}"; do
    service=$(basename "${name%:*}")
    retry 3 buildah build --quiet --timestamp 0 --build-arg "BASE=$NODE_IMAGE" \
      --file "$LAB_DIR/provision/Containerfile" --tag "$name" "$CONTEXT/$service"
    buildah push --quiet "$name" "docker-archive:$OUTPUT/$service.tar:$name"
    echo "$service.tar $name" >>"$OUTPUT/INDEX"
  done
  write_file "$OUTPUT/SOURCES" "$SOURCES"
}

step 'a builder of images' builder_installed install_builder
step "the services' images are built" built build
