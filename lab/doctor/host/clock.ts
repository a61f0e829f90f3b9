import { ok, skipped, warn, type HostCheck } from '../check.ts';

/** Certificates and tokens have a beginning: a host that is behind makes machines that refuse them. */
export const clock: HostCheck = {
  name: 'clock',
  providers: ['vagrant'],
  async run(host) {
    if (host.platform !== 'linux') return skipped('kept by the system');
    const { exitCode, stdout } = await host.run('timedatectl', 'show', '--property=NTPSynchronized', '--value');
    if (exitCode !== 0) return skipped('timedatectl does not answer');
    return stdout.trim() === 'yes'
      ? ok('synchronised')
      : warn('not synchronised with a time server', 'sudo timedatectl set-ntp true');
  },
};
