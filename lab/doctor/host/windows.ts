import { fail, ok, warn, type HostCheck } from '../check.ts';

export const windows: HostCheck = {
  name: 'Windows and WSL',
  providers: ['embedded', 'vagrant'],
  async run(host) {
    if (host.platform === 'win32') {
      const { exitCode } = await host.run('bash', '-c', 'true');
      if (exitCode === 0) return ok('bash is there');
      return fail(
        'there is no bash, which the host scripts need',
        'run the lab inside WSL, or install Git for Windows',
      );
    }
    const version = (await host.readFile('/proc/version')) ?? '';
    if (!/microsoft/i.test(version)) return ok('neither');
    return warn(
      'inside WSL: VirtualBox runs on the Windows side, where its host-only network is not reachable from here',
      'set VAGRANT_WSL_ENABLE_WINDOWS_ACCESS=1 and run vagrant from Windows; the embedded lab runs here as it is',
    );
  },
};
