import t from 'tap';
import { loadClusterFile } from '../providers/cluster-file.ts';
import type { Finding, HostCheck } from './check.ts';
import { addresses } from './host/addresses.ts';
import { boxArchitecture } from './host/box.ts';
import { disk, memory } from './host/capacity.ts';
import { clock } from './host/clock.ts';
import { dhcp } from './host/dhcp.ts';
import { containerEngine, inotify, kindMemory, kindVersion } from './host/kind.ts';
import { networksConf } from './host/networks-conf.ts';
import { proxy } from './host/proxy.ts';
import { macRoutes, routes } from './host/routes.ts';
import { hypervisorVersion, vagrantVersion } from './host/versions.ts';
import { virtualisation } from './host/virtualisation.ts';
import { windows } from './host/windows.ts';
import { recordedHost, type Recorded } from './testing.ts';

const file = await loadClusterFile();
const GIB = 2 ** 30;

const DHCP_DEFAULT = `NetworkName:    HostInterfaceNetworking-vboxnet0
Dhcpd IP:       192.168.56.100
LowerIPAddress: 192.168.56.101
UpperIPAddress: 192.168.56.254
NetworkMask:    255.255.255.0
Enabled:        Yes
Global Configuration:
    minLeaseTime:     default
`;

const ROUTES = `default via 192.168.1.1 dev wlp3s0 proto dhcp metric 600
192.168.1.0/24 dev wlp3s0 proto kernel scope link src 192.168.1.23 metric 600
192.168.56.0/24 dev vboxnet0 proto kernel scope link src 192.168.56.1
`;

const CASES: [what: string, check: HostCheck, host: Recorded, state: Finding['state'], detail: RegExp][] = [
  ['a processor with VT-x', virtualisation, { files: { '/proc/cpuinfo': 'flags\t: fpu vmx sse\n' } }, 'ok', /can/],
  ['switched off in the firmware', virtualisation, { files: { '/proc/cpuinfo': 'flags\t: fpu\n' } }, 'fail', /vmx/],
  [
    'inside a virtual machine',
    virtualisation,
    { files: { '/proc/cpuinfo': 'flags\t: hypervisor\n' } },
    'fail',
    /nested/,
  ],
  [
    'libvirt without /dev/kvm',
    virtualisation,
    { hypervisor: 'libvirt', files: { '/proc/cpuinfo': 'flags\t: svm\n' } },
    'fail',
    /kvm/,
  ],
  [
    'a Mac',
    virtualisation,
    { platform: 'darwin', commands: { 'sysctl -n kern.hv_support': '1\n' } },
    'ok',
    /framework/,
  ],
  [
    'Hyper-V in the way',
    virtualisation,
    { platform: 'win32', commands: { systeminfo: 'Hyper-V Requirements: A hypervisor has been detected.\r\n' } },
    'warn',
    /Hyper-V/,
  ],
  ['no vagrant', vagrantVersion, {}, 'fail', /not installed/],
  ['vagrant 2.4', vagrantVersion, { commands: { 'vagrant --version': 'Vagrant 2.4.9\n' } }, 'ok', /2\.4\.9/],
  [
    'an old vagrant on arm64',
    vagrantVersion,
    { architecture: 'arm64', commands: { 'vagrant --version': 'Vagrant 2.3.4\n' } },
    'fail',
    /older/,
  ],
  ['VirtualBox 7', hypervisorVersion, { commands: { 'VBoxManage --version': '7.0.20r163906\n' } }, 'ok', /7\.0/],
  [
    'VirtualBox 7.0 on Apple silicon',
    hypervisorVersion,
    { platform: 'darwin', architecture: 'arm64', commands: { 'VBoxManage --version': '7.0.20r163906\n' } },
    'fail',
    /older than 7\.1/,
  ],
  [
    'the kernel module is missing',
    hypervisorVersion,
    { commands: { 'VBoxManage --version': 'WARNING: The vboxdrv kernel module is not loaded.\n7.0.20r163906\n' } },
    'fail',
    /module/,
  ],
  [
    'libvirt with its plugin',
    hypervisorVersion,
    { hypervisor: 'libvirt', commands: { 'vagrant plugin list': 'vagrant-libvirt (0.12.2, system)\n' } },
    'ok',
    /libvirt/,
  ],
  ['vmware without its plugin', hypervisorVersion, { hypervisor: 'vmware_desktop' }, 'fail', /no plugin/],
  ['enough memory', memory, { freeMemoryBytes: 8 * GIB }, 'ok', /6\.0 GiB/],
  ['just enough memory', memory, { freeMemoryBytes: 6.5 * GIB }, 'warn', /6\.5 GiB/],
  ['too little memory', memory, { freeMemoryBytes: 4 * GIB }, 'fail', /4\.0 GiB/],
  ['too little disk', disk, { freeDiskBytes: async () => 5 * GIB }, 'fail', /5\.0 GiB/],
  ['no networks.conf', networksConf, {}, 'ok', /192\.168\.56/],
  [
    'a networks.conf for another range',
    networksConf,
    { files: { '/etc/vbox/networks.conf': '# ours\n* 10.0.0.0/8 fe80::/10\n' } },
    'fail',
    /10\.0\.0\.0\/8/,
  ],
  [
    'a networks.conf for all',
    networksConf,
    { files: { '/etc/vbox/networks.conf': '* 0.0.0.0/0 ::/0\n' } },
    'ok',
    /allows/,
  ],
  [
    "VirtualBox's own DHCP server",
    dhcp,
    { commands: { 'VBoxManage list dhcpservers': DHCP_DEFAULT } },
    'fail',
    /vboxnet0/,
  ],
  [
    'a DHCP server that is off',
    dhcp,
    { commands: { 'VBoxManage list dhcpservers': DHCP_DEFAULT.replace('Yes', 'No') } },
    'ok',
    /none/,
  ],
  ["only the lab's own network", routes, { commands: { 'ip -4 route show': ROUTES } }, 'ok', /2 routes/],
  [
    'a VPN with the same range',
    routes,
    { commands: { 'ip -4 route show': '192.168.0.0/16 dev tun0 scope link\n' } },
    'fail',
    /tun0/,
  ],
  [
    'a campus network like the pods',
    routes,
    { commands: { 'ip -4 route show': '10.0.0.0/8 via 192.168.1.1 dev eth0\n' } },
    'warn',
    /10\.244/,
  ],
  ['an address that answers', addresses, { listeners: ['192.168.56.240:80'] }, 'fail', /192\.168\.56\.240:80/],
  [
    'machines that run',
    addresses,
    {
      commands: { 'vagrant status --machine-readable': '1700000000,cp,state,running\n' },
      listeners: ['192.168.56.10:22'],
    },
    'skipped',
    /running/,
  ],
  ['no proxy', proxy, {}, 'ok', /none/],
  ['a proxy for everything', proxy, { environment: { https_proxy: 'http://proxy:3128' } }, 'fail', /https_proxy/],
  [
    'a proxy with an exception',
    proxy,
    { environment: { https_proxy: 'http://proxy:3128', no_proxy: 'localhost, 192.168.0.0/16' } },
    'warn',
    /directly/,
  ],
  ['WSL', windows, { files: { '/proc/version': 'Linux version 6.6.87.2-microsoft-standard-WSL2' } }, 'warn', /WSL/],
  [
    'a clock that is not kept',
    clock,
    { commands: { 'timedatectl show --property=NTPSynchronized --value': 'no\n' } },
    'warn',
    /not synchronised/,
  ],
  [
    'a box for the other architecture',
    boxArchitecture,
    {
      platform: 'darwin',
      architecture: 'arm64',
      commands: { 'vagrant box list': `${file.boxes[0]!.name} (virtualbox, ${file.boxes[0]!.version}, (amd64))\n` },
    },
    'warn',
    /amd64/,
  ],
  ['a provider without a box', boxArchitecture, { hypervisor: 'hyperv' }, 'warn', /hyperv/],
  [
    'docker',
    containerEngine,
    { commands: { 'docker info --format {{.CgroupVersion}} {{.MemTotal}}': '2 16000000000\n' } },
    'ok',
    /docker, cgroups 2/,
  ],
  [
    'podman alone',
    containerEngine,
    { commands: { 'podman info --format {{.Host.CgroupsVersion}} {{.Host.MemTotal}}': 'v2 16000000000\n' } },
    'ok',
    /podman/,
  ],
  ['no engine', containerEngine, {}, 'fail', /neither docker nor podman/],
  [
    'old cgroups',
    containerEngine,
    { commands: { 'docker info --format {{.CgroupVersion}} {{.MemTotal}}': '1 16000000000\n' } },
    'fail',
    /cgroups 1/,
  ],
  [
    'podman is asked for, docker is there',
    containerEngine,
    {
      environment: { KIND_EXPERIMENTAL_PROVIDER: 'podman' },
      commands: { 'docker info --format {{.CgroupVersion}} {{.MemTotal}}': '2 16000000000\n' },
    },
    'fail',
    /neither/,
  ],
  ['kind', kindVersion, { commands: { 'kind version': 'kind v0.33.0 go1.26.4 linux/amd64\n' } }, 'ok', /v0\.33\.0/],
  [
    'an old kind',
    kindVersion,
    { commands: { 'kind version': 'kind v0.31.0 go1.25.5 linux/amd64\n' } },
    'fail',
    /v0\.31/,
  ],
  ['no kind', kindVersion, {}, 'fail', /not installed/],
  [
    'memory for kind',
    kindMemory,
    { commands: { 'docker info --format {{.CgroupVersion}} {{.MemTotal}}': '2 16000000000\n' } },
    'ok',
    /14\.9 GiB free/,
  ],
  [
    "too little for docker's machine on a Mac",
    kindMemory,
    { platform: 'darwin', commands: { 'docker info --format {{.CgroupVersion}} {{.MemTotal}}': '2 2000000000\n' } },
    'warn',
    /1\.9 GiB for docker/,
  ],
  ['few inotify instances', inotify, { files: { '/proc/sys/fs/inotify/max_user_instances': '128\n' } }, 'warn', /128/],
  ['enough of them', inotify, { files: { '/proc/sys/fs/inotify/max_user_instances': '8192\n' } }, 'ok', /8192/],
  ['no such limits', inotify, { platform: 'darwin' }, 'skipped', /Linux/],
];

for (const [what, check, host, state, detail] of CASES) {
  void t.test(`${check.name}: ${what}`, async (t) => {
    const finding = await check.run(recordedHost(host), file);
    t.equal(finding.state, state, finding.detail);
    t.match(finding.detail, detail);
    t.equal(finding.fix !== undefined, state === 'fail' || state === 'warn', 'a fix where there is something to mend');
  });
}

void t.test('macOS leaves trailing zeros of routes out', async (t) => {
  const output = `Destination        Gateway            Flags               Netif Expire
default            192.168.1.1        UGScg                 en0
10/8               link#20            UCS                 utun3
192.168.56         link#21            UC              vboxnet0      !
127.0.0.1          127.0.0.1          UH                    lo0
`;
  t.same(macRoutes(output), [
    { destination: '10.0.0.0/8', device: 'utun3' },
    { destination: '192.168.56.0/24', device: 'vboxnet0' },
    { destination: '127.0.0.1/32', device: 'lo0' },
  ]);
});
