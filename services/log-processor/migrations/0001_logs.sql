-- Every log that was acknowledged, exactly once. The primary key is what makes a repeated post harmless.
create table logs (
  id uuid primary key,
  "timestamp" timestamptz not null,
  level text collate "C" not null,
  service text collate "C" not null,
  message text not null,
  attributes jsonb,
  fingerprint text collate "C" not null,
  received_at timestamptz not null,
  pod text collate "C" not null,
  node text collate "C" not null
);

-- The text behind a fingerprint: once for all logs that have it.
create table log_templates (
  fingerprint text collate "C" primary key,
  template text not null
);

-- Counts of logs, kept in the transaction that stores them. The pod is part of each key, so that pods never wait for one
-- another's rows; half-empty pages let an update stay on its page.
create table log_rollup_series (
  pod text collate "C",
  node text collate "C",
  level text collate "C",
  service text collate "C",
  fingerprint text collate "C",
  total bigint not null,
  primary key (pod, node, level, service, fingerprint)
) with (fillfactor = 50);

-- By the minute of the log's own timestamp.
create table log_rollup_minute (
  minute timestamptz,
  pod text collate "C",
  level text collate "C",
  total bigint not null,
  primary key (minute, pod, level)
) with (fillfactor = 50);

-- The count of all logs according to the roll-ups: what an audit compares with count(*) of logs.
create view log_rollup_total as
  select coalesce(sum(total), 0)::bigint as total from log_rollup_series;
