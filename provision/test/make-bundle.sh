# shellcheck shell=bash
# A bundle of Debian's packages and the given programs. Sourced by nspawn.sh.

KUBERNETES_VERSION=$("$BINARIES/kubeadm" version --output short)
CONTAINERD_VERSION=$("$BINARIES/containerd" --version | grep -oE '[0-9]+\.[0-9]+\.[0-9]+' | head -n 1)
ARCHITECTURE=$(dpkg --print-architecture)

# The project's cluster.yaml, with the versions that the programs have.
cluster_file() {
  sed -E -e "s/^kubernetesVersion: .*/kubernetesVersion: $KUBERNETES_VERSION/" \
    -e "/^  containerd:/,/version:/ s/version: .*/version: $CONTAINERD_VERSION/" "$PROJECT/provision/cluster.yaml" >"$WORK/cluster.yaml"
  [[ $WITH_METALLB == yes ]] || return 0
  sed -Ei "/^  metallb:/,/sha256:/ s/sha256: .*/sha256: $(sha256sum <"$BINARIES/metallb.yaml" | cut -d' ' -f1)/" "$WORK/cluster.yaml"
}

make_bundle() {
  echo '== a bundle'
  mkdir -p "$WORK/bundle"/{packages,images,manifests}
  debian_packages
  program_packages
  image_archives
  [[ $WITH_METALLB == no ]] || cp "$BINARIES/metallb.yaml" "$WORK/bundle/manifests/metallb.yaml"
  printf 'architecture %s\nkubernetes %s\ncontainerd %s\n' "$ARCHITECTURE" "${KUBERNETES_VERSION#v}" "$CONTAINERD_VERSION" >"$WORK/bundle/CONTENTS"
  local sums
  sums=$(cd "$WORK/bundle" && find . -type f -printf '%P\0' | sort --zero-terminated | xargs --null sha256sum)
  echo "$sums" >"$WORK/bundle/SHA256SUMS"
  wc -l "$WORK/bundle/SHA256SUMS"
  du -sh "$WORK/bundle"
}

# The tools with all that they need, taken where nothing but the base is installed.
debian_packages() {
  chroot "$WORK/base" apt-get --quiet --quiet update
  chroot "$WORK/base" apt-get --quiet --quiet --yes --download-only install --no-install-recommends \
    conntrack curl ethtool gnupg iptables socat runc containernetworking-plugins >/dev/null
  mv "$WORK/base"/var/cache/apt/archives/*.deb "$WORK/bundle/packages/"
  mkdir -p "$WORK/taken"
  local package
  for package in runc containernetworking-plugins; do dpkg-deb --extract "$WORK/bundle/packages/$package"_*.deb "$WORK/taken"; done
  rm "$WORK"/bundle/packages/{runc,containernetworking-plugins}_*.deb
}

# package NAME VERSION DEPENDS: of the tree in $WORK/package.
package() {
  mkdir -p "$WORK/package/DEBIAN"
  printf 'Package: %s\nVersion: %s\nArchitecture: %s\nMaintainer: nobody <nobody@localhost>\nDepends: %s\nDescription: for a test\n' \
    "$1" "$2" "$ARCHITECTURE" "$3" | sed '/^Depends: $/d' >"$WORK/package/DEBIAN/control"
  dpkg-deb --root-owner-group -Znone --build "$WORK/package" "$WORK/bundle/packages/$1_$2_$ARCHITECTURE.deb" >/dev/null
  rm -rf "$WORK/package"
}

# Many names may be one program: it is packed once.
put_programs() {
  local directory=$1 program file
  shift
  mkdir -p "$directory"
  for program in "$@"; do
    file=$(readlink -f "$BINARIES/$program")
    [[ -e $directory/$(basename "$file") ]] || cp "$file" "$directory/"
    [[ $(basename "$file") == "$program" ]] || ln -sf "$(basename "$file")" "$directory/$program"
  done
}

program_packages() {
  local version=${KUBERNETES_VERSION#v}-1.1 root=$WORK/package
  put_programs "$root/usr/lib/test-programs" kubeadm kubelet kubectl containerd containerd-shim-runc-v2 ctr
  package test-programs 1 ''

  links "$root" kubectl
  package kubectl "$version" test-programs

  links "$root" kubelet
  unit kubelet 'ExecStart=/usr/bin/kubelet' 'Restart=always' 'StartLimitInterval=0' 'RestartSec=10'
  package kubelet "$version" 'test-programs, kubernetes-cni, iptables, conntrack, ethtool, socat'

  links "$root" kubeadm
  mkdir -p "$root/usr/lib/systemd/system/kubelet.service.d"
  cat >"$root/usr/lib/systemd/system/kubelet.service.d/10-kubeadm.conf" <<'UNIT'
[Service]
Environment="KUBELET_KUBECONFIG_ARGS=--bootstrap-kubeconfig=/etc/kubernetes/bootstrap-kubelet.conf --kubeconfig=/etc/kubernetes/kubelet.conf"
Environment="KUBELET_CONFIG_ARGS=--config=/var/lib/kubelet/config.yaml"
EnvironmentFile=-/var/lib/kubelet/kubeadm-flags.env
ExecStart=
ExecStart=/usr/bin/kubelet $KUBELET_KUBECONFIG_ARGS $KUBELET_CONFIG_ARGS $KUBELET_KUBEADM_ARGS
UNIT
  package kubeadm "$version" test-programs

  links "$root" containerd containerd-shim-runc-v2 ctr
  cp "$WORK/taken/usr/sbin/runc" "$root/usr/bin/"
  unit containerd 'ExecStart=/usr/bin/containerd' 'Type=notify' 'Delegate=yes' 'KillMode=process' 'Restart=always' 'LimitNOFILE=1048576'
  package containerd.io "$CONTAINERD_VERSION-1" 'test-programs, libseccomp2'

  mkdir -p "$root/opt/cni/bin"
  cp "$WORK"/taken/usr/lib/cni/* "$root/opt/cni/bin/"
  package kubernetes-cni 1.0-1 ''
}

links() {
  local root=$1 program
  shift
  mkdir -p "$root/usr/bin"
  for program in "$@"; do ln -s "../lib/test-programs/$program" "$root/usr/bin/$program"; done
}

# unit NAME SERVICE_LINES...
unit() {
  local name=$1
  shift
  mkdir -p "$WORK/package/usr/lib/systemd/system"
  { printf '[Unit]\nAfter=network.target\n[Service]\n' && printf '%s\n' "$@" && printf '[Install]\nWantedBy=multi-user.target\n'; } \
    >"$WORK/package/usr/lib/systemd/system/$name.service"
}

# One archive in docker's format: a Debian with iptables for kube-proxy below, the programs above.
image_archives() {
  local images=$WORK/bundle/images archive=$WORK/archive name
  mkdir -p "$archive"
  mmdebstrap --quiet --variant=minbase --include=iptables,conntrack,kmod bookworm "$archive/debian.tar" \
    "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $(debian_mirror) bookworm main"
  put_programs "$WORK/layer/usr/local/bin" kube-apiserver kube-controller-manager kube-scheduler kube-proxy etcd coredns
  [[ $WITH_METALLB == no ]] || put_programs "$WORK/layer/usr/local/bin" metallb-controller metallb-speaker
  tar -C "$WORK/layer" --owner=0 --group=0 -cf "$archive/programs.tar" .
  tar -C "$BINARIES" --dereference --owner=0 --group=0 -cf "$archive/pause.tar" pause
  : >"$images/INDEX"
  : >"$archive/entries"
  while read -r name; do
    case $name in
      */pause:*) image "$name" '["/pause"]' pause.tar ;;
      */coredns:*) image "$name" '["/usr/local/bin/coredns"]' debian.tar programs.tar ;;
      *) image "$name" '[]' debian.tar programs.tar ;;
    esac
  done < <("$BINARIES/kubeadm" config images list --kubernetes-version "$KUBERNETES_VERSION" 2>/dev/null)
  if [[ $WITH_METALLB == yes ]]; then
    while read -r name; do
      image "$name" "[\"/usr/local/bin/metallb-$(grep -oE 'controller|speaker' <<<"$name")\"]" debian.tar programs.tar
    done < <(sed -n 's/^ *image: *//p' "$BINARIES/metallb.yaml" | sort -u)
  fi
  printf '[%s]\n' "$(paste --serial --delimiters=, "$archive/entries")" >"$archive/manifest.json"
  rm "$archive/entries"
  tar -C "$archive" -cf "$images/images.tar" .
  rm -rf "$archive" "$WORK/layer"
}

# image NAME ENTRYPOINT LAYERS...: an entry of the archive's manifest and the image's configuration.
image() {
  local name=$1 entrypoint=$2 config
  shift 2
  local layers=() diffs=() layer
  for layer in "$@"; do
    layers+=("\"$layer\"")
    diffs+=("\"sha256:$(layer_digest "$layer")\"")
  done
  config=$(tr '/:' '__' <<<"$name").json
  printf '{"architecture":"%s","os":"linux","config":{"Env":["PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],"Entrypoint":%s},"rootfs":{"type":"layers","diff_ids":[%s]}}' \
    "$ARCHITECTURE" "$entrypoint" "$(IFS=, && echo "${diffs[*]}")" >"$WORK/archive/$config"
  printf '{"Config":"%s","RepoTags":["%s"],"Layers":[%s]}\n' "$config" "$name" "$(IFS=, && echo "${layers[*]}")" >>"$WORK/archive/entries"
  echo "images.tar $name" >>"$WORK/bundle/images/INDEX"
}
layer_digest() {
  sha256sum <"$WORK/archive/$1" | cut -d' ' -f1
}
