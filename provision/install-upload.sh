#!/usr/bin/env bash
# Puts what the host sent in its place. Files that are the same stay as they are.
set -Eeuo pipefail

incoming=${1:?usage: install-upload.sh INCOMING DIRECTORY}
directory=${2:?usage: install-upload.sh INCOMING DIRECTORY}

umask 022
changed=0
# Scripts that are no more must not stay; upstream's manifests and the bundle are not the host's to remove.
if [[ -d $directory/provision ]] && ! diff --recursive --brief "$incoming/provision" "$directory/provision" >/dev/null; then
  rm -rf "$directory/provision"
fi
while IFS= read -r -d '' file; do
  target=$directory/${file#"$incoming"/}
  cmp --silent "$file" "$target" && continue
  mkdir -p "$(dirname "$target")"
  cp "$file" "$target"
  changed=1
done < <(find "$incoming" -type f -print0)
rm -rf "$incoming"
if ((changed)); then echo 'changed  scripts, settings and manifests'; else echo 'ok       scripts, settings and manifests'; fi
