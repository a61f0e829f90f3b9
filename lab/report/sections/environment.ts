/** Where it ran, with what, and how to run it again. */
import { type Block, heading, paragraph, table } from '../blocks.ts';
import { formatBytes, formatSeconds, NONE } from '../format.ts';
import type { ReportModel } from '../model.ts';

export function environmentSection({ environment }: ReportModel): Block[] {
  const { machine, timing } = environment;
  return [
    heading(2, 'Environment'),
    table(
      'The machine that ran the harness, the cluster, and the settings that predictions were made from.',
      ['What', 'Value'],
      [
        ['provider', environment.provider],
        ['Kubernetes', environment.kubernetesVersion],
        ['machine', `${machine.platform}, ${machine.cpus} × ${machine.cpuModel}, ${formatBytes(machine.memoryBytes)}`],
        ['Node.js', machine.nodeVersion],
        ['commit', environment.commit ?? NONE],
        ['manifests (sha256)', `\`${environment.manifestsSha256}\``],
        ['nodeStatusUpdateFrequency', setting(timing.nodeStatusUpdateFrequencySeconds)],
        ['nodeMonitorPeriod', setting(timing.nodeMonitorPeriodSeconds)],
        ['nodeMonitorGracePeriod', setting(timing.nodeMonitorGracePeriodSeconds)],
        ['tolerationSeconds', setting(timing.tolerationSeconds)],
        ['settings from', timing.source ?? NONE],
      ],
    ),
    table(
      'The nodes of the cluster.',
      ['Node', 'Role', '>CPU', '>Memory', 'Kubelet', 'System'],
      environment.nodes.map((node) => [node.name, node.role, node.cpu, node.memory, node.kubeletVersion, node.osImage]),
    ),
  ];
}

function setting(seconds: number | null): string {
  return seconds === null ? 'not known' : formatSeconds(seconds);
}

export function reproduceSection(model: ReportModel): Block[] {
  const { name } = model.scenario;
  return [
    heading(2, 'Reproduce'),
    paragraph('Run it again with the same seed; recompute this report from its raw files; or render it anew:'),
    {
      kind: 'code',
      language: 'sh',
      text: [
        `npm ci && npm run scenario -- ${name} --provider ${model.environment.provider} --seed ${model.run.seed}`,
        `npm run report -- verify reports/${name}/${model.run.id}`,
        `npm run report -- render reports/${name}/${model.run.id}`,
      ].join('\n'),
    },
    paragraph(`The scenario as it was run (sha256 \`${model.scenario.sha256}\`):`),
    { kind: 'code', language: 'yaml', text: model.scenario.text.trimEnd() },
    table(
      'The files that every number above was computed from.',
      ['File', '>Size', 'sha256'],
      Object.entries(model.rawFiles).map(([file, { bytes, sha256 }]) => [file, formatBytes(bytes), `\`${sha256}\``]),
    ),
  ];
}
