/** Makes a container's command, and waits for what is still missing for it. */
import type { Container } from 'kubernetes-types/core/v1.js';
import type { Image } from '../../images/images.ts';
import type { KubeletContext } from '../context.ts';
import { containerCommand, type ContainerCommand } from '../pod/command.ts';
import type { Sandbox } from '../pod/sandbox.ts';
import type { Reporter } from './reporter.ts';

/** How often a container is tried again that lacks a part of its configuration, if that part does not turn up before. */
const RETRY_MS = 10_000;

export interface ConfigureOptions {
  container: Container;
  image: Image;
  sandbox: Sandbox;
  context: KubeletContext;
  /** Where the container's own files go. */
  directory: string;
  reporter: Reporter;
}

/** Tries until all that the environment is made of is there. Rejects when the signal aborts. */
export async function configureContainer(options: ConfigureOptions, signal: AbortSignal): Promise<ContainerCommand> {
  const { container, image, sandbox, context, directory, reporter } = options;
  for (;;) {
    try {
      const command = containerCommand(container, image, {
        client: context.client,
        facts: sandbox.facts(),
        attachment: sandbox.attachment,
        volumes: sandbox.volumes,
        labId: context.settings.labId,
        containerDirectory: directory,
      });
      warnOfUnseenMounts(container, command, reporter);
      return command;
    } catch (error) {
      const { message } = error as Error;
      reporter.wait('CreateContainerConfigError', message);
      reporter.record('Warning', 'Failed', `Error: ${message}`);
    }
    await sandbox.pause(RETRY_MS, signal);
  }
}

function warnOfUnseenMounts(container: Container, { unseenMounts }: ContainerCommand, { record }: Reporter): void {
  for (const { name, mountPath } of unseenMounts) {
    const message =
      `Volume "${name}" cannot be seen at ${mountPath} by container ${container.name}: the embedded cluster cannot ` +
      'mount anything for a process, it gives it the real path in place of an environment variable or argument that is ' +
      'a path in the mount, and there is none';
    record('Warning', 'VolumeNotVisible', message);
  }
}
