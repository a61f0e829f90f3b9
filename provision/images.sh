#!/usr/bin/env bash
# Images that come as archives: those of the bundle, and the services' own. INDEX lists, a line each, an archive
# and the name of an image in it.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

DIRECTORY=${1:?usage: images.sh DIRECTORY}

IMPORTED=/var/lib/lab/imported-archives

# An archive that was made anew keeps the names of its images, so names alone do not tell.
missing_archives() {
  local present archive
  present=$(ctr --namespace k8s.io images list --quiet)
  cut -d' ' -f1 "$DIRECTORY/INDEX" | sort -u | while read -r archive; do
    if grep "^$archive " "$DIRECTORY/INDEX" | cut -d' ' -f2 | grep -qvxF "$present" ||
      ! grep -qxF "$(archive_line "$archive")" "$IMPORTED" 2>/dev/null; then
      echo "$archive"
    fi
  done
}
archive_line() { (cd "$DIRECTORY" && sha256sum "$1"); }

imported() { [[ -z $(missing_archives) ]]; }
import() {
  local archive
  mkdir -p "$(dirname "$IMPORTED")"
  for archive in $(missing_archives); do
    echo "         importing $archive"
    ctr --namespace k8s.io images import "$DIRECTORY/$archive" >/dev/null
    archive_line "$archive" >>"$IMPORTED"
  done
}

[[ -e $DIRECTORY/INDEX ]] || die "there is no $DIRECTORY/INDEX"
step "images of $DIRECTORY" imported import
