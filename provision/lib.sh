# shellcheck shell=bash
# What the scripts beside this file share; each sources it first. They run as root on a machine of the cluster, with
# the settings that the host wrote from cluster.yaml.
set -Eeuo pipefail

LAB_DIR=${LAB_DIR:-/opt/lab}
# shellcheck disable=SC2034
BUNDLE_DIR=$LAB_DIR/bundle
export KUBECONFIG=/etc/kubernetes/admin.conf
export DEBIAN_FRONTEND=noninteractive
# shellcheck source=/dev/null
. "$LAB_DIR/settings.env"

trap 'echo "failed   ${CURRENT_STEP:-$0}: line $LINENO: $BASH_COMMAND" >&2' ERR

die() {
  echo "failed   ${CURRENT_STEP:-$0}: $*" >&2
  exit 1
}

# step 'WHAT' CHECK APPLY: applies only what the check does not find, and checks again, so that a step that did not
# work is never taken for done. CHECK runs without errexit: write it as one chain of &&.
step() {
  local check=$2 apply=$3
  CURRENT_STEP=$1
  if "$check"; then
    echo "ok       $1"
    return
  fi
  "$apply"
  "$check" || die 'it was applied, but the check still does not find it'
  echo "changed  $1"
}

# wait_until SECONDS 'WHAT' COMMAND...: a deadline that passes is a failure.
wait_until() {
  local limit=$((SECONDS + $1)) what=$2
  shift 2
  until "$@" >/dev/null 2>&1; do
    ((SECONDS < limit)) || die "waited in vain for $what"
    sleep 1
  done
}

# retry TIMES COMMAND...: for what depends on somebody else's server.
retry() {
  local times=$1 attempt
  shift
  for ((attempt = 1; attempt < times; attempt++)); do
    if "$@"; then return; fi
    echo "         attempt $attempt of $times failed: $1" >&2
    sleep $((attempt * 5))
  done
  "$@"
}

with_bundle() { [[ $WITH_BUNDLE == yes ]]; }

has_content() { [[ -e $1 ]] && [[ $(<"$1") == "$2" ]]; }

# write_file PATH CONTENT [MODE]: whole or not at all, also when the power fails in between.
write_file() {
  mkdir -p "$(dirname "$1")"
  printf '%s\n' "$2" >"$1.new"
  chmod "${3:-0644}" "$1.new"
  mv "$1.new" "$1"
}

# Name and version, a line each.
# shellcheck disable=SC2016
packages_installed() { dpkg-query --show --showformat '${db:Status-Abbrev}|${Package} ${Version}\n' | sed -n 's/^.i *|//p'; }

has_sha256() { [[ -e $1 ]] && echo "$2  $1" | sha256sum --check --status; }

# The machine's own address on the cluster's network, found by subnet: interfaces have other names on every hypervisor.
node_address() { ip -4 -o addr show to "$HOST_ONLY_CIDR" scope global | awk '{ split($4, a, "/"); print a[1]; exit }'; }
