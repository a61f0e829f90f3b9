/** A check of the doctor: one known breakage, how to see it, and what to do about it. Interface only. */
import type { Cluster } from '../cluster/cluster.ts';
import type { ClusterFile } from '../providers/cluster-file.ts';

export interface Finding {
  /** `skipped`: it does not apply here, or what it needs to know cannot be had; the detail says which. */
  state: 'ok' | 'warn' | 'fail' | 'skipped';
  detail: string;
  /** What to do, for warn and fail. */
  fix?: string;
}

export interface CommandResult {
  /** Null when there is no such program or it took too long. */
  exitCode: number | null;
  stdout: string;
  stderr: string;
}

/** This machine, as far as the checks look at it; tests give them recorded answers. */
export interface Host {
  platform: NodeJS.Platform;
  /** As Node names it: x64, arm64. */
  architecture: string;
  freeMemoryBytes: number;
  environment: Readonly<Record<string, string | undefined>>;
  /** What the machine's virtual machines run on: virtualbox, libvirt, vmware_desktop, parallels. */
  hypervisor: string;
  run(command: string, ...args: string[]): Promise<CommandResult>;
  /** Undefined when there is no such file. */
  readFile(path: string): Promise<string | undefined>;
  freeDiskBytes(path: string): Promise<number>;
  /** Whether somebody accepts connections there, within about a second. */
  accepts(address: string, port: number): Promise<boolean>;
}

export interface HostCheck {
  name: string;
  /** Providers that it means something for. */
  providers: readonly string[];
  run(host: Host, file: ClusterFile): Promise<Finding>;
}

export interface ClusterCheck {
  name: string;
  providers: readonly string[];
  run(cluster: Cluster, file: ClusterFile, host: Host): Promise<Finding>;
}

export const ok = (detail: string): Finding => ({ state: 'ok', detail });
export const skipped = (detail: string): Finding => ({ state: 'skipped', detail });
export const warn = (detail: string, fix: string): Finding => ({ state: 'warn', detail, fix });
export const fail = (detail: string, fix: string): Finding => ({ state: 'fail', detail, fix });
