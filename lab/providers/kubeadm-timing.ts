/** A timing profile in the words of Kubernetes' programs, for every cluster that kubeadm sets up. Pure. */
import type { TimingProfile } from './cluster-file.ts';

/** Kubernetes' default for CrashLoopBackOff, which kubelets refuse to be given as a setting. */
const DEFAULT_CRASH_LOOP_MAX_SECONDS = 300;

export function apiServerArguments(timing: TimingProfile): Record<string, string> {
  const toleration = String(timing.defaultTolerationSeconds);
  return {
    'default-not-ready-toleration-seconds': toleration,
    'default-unreachable-toleration-seconds': toleration,
  };
}

export function controllerManagerArguments(timing: TimingProfile): Record<string, string> {
  return {
    'node-monitor-period': seconds(timing.nodeMonitorPeriodSeconds),
    'node-monitor-grace-period': seconds(timing.nodeMonitorGracePeriodSeconds),
  };
}

/** Fields of a KubeletConfiguration. */
export function kubeletTiming(timing: TimingProfile): Record<string, unknown> {
  return {
    nodeStatusUpdateFrequency: seconds(timing.nodeStatusUpdateFrequencySeconds),
    // A heartbeat is a status report too; without this one goes out only every five minutes, and leases every ten seconds.
    nodeStatusReportFrequency: seconds(timing.nodeStatusUpdateFrequencySeconds),
    ...crashLoopBackOff(timing),
  };
}

/** A shorter longest wait shortens the first one too, but the first cannot be set by itself. */
function crashLoopBackOff(timing: TimingProfile): Record<string, unknown> {
  if (timing.crashLoopBackOffMaxSeconds === DEFAULT_CRASH_LOOP_MAX_SECONDS) return {};
  return {
    crashLoopBackOff: { maxContainerRestartPeriod: seconds(timing.crashLoopBackOffMaxSeconds) },
    // Initial wait of a second. Alpha, and of the kubelet alone.
    ...(timing.crashLoopBackOffInitialSeconds <= 1 && { featureGates: { ReduceDefaultCrashLoopBackOffDecay: true } }),
  };
}

function seconds(value: number): string {
  return `${value}s`;
}
