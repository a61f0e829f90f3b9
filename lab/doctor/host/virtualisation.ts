import { fail, ok, skipped, warn, type Finding, type Host, type HostCheck } from '../check.ts';

export const virtualisation: HostCheck = {
  name: 'virtualisation is on',
  providers: ['vagrant'],
  async run(host) {
    if (host.platform === 'darwin') return onMac(host);
    if (host.platform === 'win32') return onWindows(host);
    return onLinux(host);
  },
};

async function onLinux(host: Host): Promise<Finding> {
  if (host.architecture === 'arm64') return kvmDevice(host);
  const cpu = (await host.readFile('/proc/cpuinfo')) ?? '';
  const flag = /^flags\s*:.*\b(vmx|svm)\b/m.exec(cpu)?.[1];
  if (flag === undefined) {
    const inside = /^flags\s*:.*\bhypervisor\b/m.test(cpu);
    return fail(
      inside
        ? 'this is itself a virtual machine without nested virtualisation'
        : 'the processor shows neither vmx nor svm',
      inside
        ? 'allow nested virtualisation for this machine, or use the embedded lab'
        : 'switch Intel VT-x or AMD SVM on in the firmware (BIOS/UEFI) setup',
    );
  }
  return kvmDevice(host);
}

/** libvirt needs /dev/kvm; VirtualBox before 7.2 is kept out by it while another hypervisor runs. */
async function kvmDevice(host: Host): Promise<Finding> {
  const { exitCode } = await host.run('test', '-w', '/dev/kvm');
  if (exitCode === 0) return ok('the processor can, and /dev/kvm is there');
  if (host.hypervisor !== 'libvirt') return ok('the processor can');
  return fail(
    '/dev/kvm is missing or not writable',
    'sudo modprobe kvm_intel (or kvm_amd); sudo usermod -aG kvm,libvirt $USER; log in again',
  );
}

async function onMac(host: Host): Promise<Finding> {
  const { stdout } = await host.run('sysctl', '-n', 'kern.hv_support');
  return stdout.trim() === '1'
    ? ok('the hypervisor framework is there')
    : fail('macOS reports no hypervisor support', 'this Mac cannot run virtual machines; use the embedded lab');
}

async function onWindows(host: Host): Promise<Finding> {
  const { exitCode, stdout } = await host.run('systeminfo');
  if (exitCode !== 0) return skipped('systeminfo does not answer');
  if (/A hypervisor has been detected/i.test(stdout)) {
    return warn(
      'Hyper-V (or WSL 2, Docker Desktop, core isolation) holds the processor: VirtualBox then runs slowly or not at all',
      'bcdedit /set hypervisorlaunchtype off and restart; or use the embedded lab in WSL',
    );
  }
  return /Virtualization Enabled In Firmware:\s*Yes/i.test(stdout)
    ? ok('enabled in the firmware')
    : fail('not enabled in the firmware', 'switch Intel VT-x or AMD SVM on in the firmware (BIOS/UEFI) setup');
}
