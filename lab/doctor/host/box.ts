import { ok, warn, type HostCheck } from '../check.ts';

export const boxArchitecture: HostCheck = {
  name: 'box',
  providers: ['vagrant'],
  async run(host, file) {
    const box = file.boxes.find(({ providers }) => providers.includes(host.hypervisor));
    if (box === undefined) {
      return warn(
        `no box of provision/cluster.yaml is for ${host.hypervisor}`,
        'set VAGRANT_DEFAULT_PROVIDER to a provider that has one',
      );
    }
    const wanted = host.architecture === 'arm64' ? 'arm64' : 'amd64';
    const { stdout } = await host.run('vagrant', 'box', 'list');
    const present = boxes(stdout).find(({ name, version }) => name === box.name && version === box.version);
    if (present === undefined) return ok(`${box.name} ${box.version} will be downloaded for ${wanted}`);
    // Vagrant before 2.4 does not say.
    if (present.architecture === undefined || present.architecture === wanted)
      return ok(`${box.name} ${box.version} is here`);
    return warn(
      `${box.name} ${box.version} is here for ${present.architecture}, but this machine is ${wanted}`,
      `vagrant box remove ${box.name} --box-version ${box.version}`,
    );
  },
};

/** Of `vagrant box list`: `name (provider, version, (architecture))`. */
function boxes(output: string): { name: string; version: string; architecture: string | undefined }[] {
  return [...output.matchAll(/^(\S+)\s+\(([\w-]+), ([\w.]+)(?:, \((\w+)\))?\)/gm)].map((match) => ({
    name: match[1]!,
    version: match[3]!,
    architecture: match[4],
  }));
}
