import { fail, ok, type HostCheck } from '../check.ts';

/** Vagrant 2.4 is the first to choose a box by architecture; VirtualBox 7.1 the first on Apple silicon. */
const LEAST_VAGRANT = [2, 4] as const;
const LEAST_VAGRANT_AMD64 = [2, 3] as const;
const LEAST_VIRTUALBOX = [7, 0] as const;
const LEAST_VIRTUALBOX_ARM = [7, 1] as const;

export const vagrantVersion: HostCheck = {
  name: 'vagrant',
  providers: ['vagrant'],
  async run(host) {
    const { exitCode, stdout } = await host.run('vagrant', '--version');
    if (exitCode !== 0) return fail('not installed', 'install it from https://developer.hashicorp.com/vagrant/install');
    const least = host.architecture === 'arm64' ? LEAST_VAGRANT : LEAST_VAGRANT_AMD64;
    return judge(stdout, least, 'install a newer one from https://developer.hashicorp.com/vagrant/install');
  },
};

export const hypervisorVersion: HostCheck = {
  name: 'hypervisor',
  providers: ['vagrant'],
  async run(host) {
    if (host.hypervisor !== 'virtualbox') {
      const { stdout } = await host.run('vagrant', 'plugin', 'list');
      const plugin = {
        libvirt: 'vagrant-libvirt',
        vmware_desktop: 'vagrant-vmware-desktop',
        parallels: 'vagrant-parallels',
      }[host.hypervisor];
      if (plugin === undefined) return fail(`unknown provider ${host.hypervisor}`, 'unset VAGRANT_DEFAULT_PROVIDER');
      return stdout.includes(plugin)
        ? ok(`${host.hypervisor}, by ${plugin}`)
        : fail(`vagrant has no plugin for ${host.hypervisor}`, `vagrant plugin install ${plugin}`);
    }
    const { exitCode, stdout } = await host.run('VBoxManage', '--version');
    if (exitCode !== 0)
      return fail(
        'VirtualBox is not installed',
        'install it from https://www.virtualbox.org, or set VAGRANT_DEFAULT_PROVIDER=libvirt',
      );
    if (/warning|kernel module/i.test(stdout)) {
      return fail(
        "VirtualBox's kernel module is not loaded",
        'sudo /sbin/vboxconfig (with Secure Boot: enrol its key first)',
      );
    }
    const least = host.architecture === 'arm64' ? LEAST_VIRTUALBOX_ARM : LEAST_VIRTUALBOX;
    return judge(stdout, least, 'install a newer one from https://www.virtualbox.org');
  },
};

function judge(output: string, least: readonly [number, number], fix: string): ReturnType<typeof ok> {
  const match = /(\d+)\.(\d+)\S*/.exec(output);
  if (match === null) return fail(`cannot read a version from "${output.trim()}"`, fix);
  const [version, major, minor] = [match[0], Number(match[1]), Number(match[2])];
  const enough = major > least[0] || (major === least[0] && minor >= least[1]);
  return enough ? ok(version) : fail(`${version} is older than ${least.join('.')}`, fix);
}
