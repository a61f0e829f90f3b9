-- A count for each level, each service and each template by itself, no longer for each combination of the three: a batch of
-- varied logs touched a row for nearly every log, and there were as many rows as combinations.
create table log_rollup (
  pod text collate "C",
  node text collate "C",
  -- 'level', 'service' or 'template': what the key is.
  dimension text collate "C",
  -- The level, the service's name, or the template's fingerprint.
  key text collate "C",
  total bigint not null,
  -- What differs most comes first: comparing two rows mostly ends there.
  primary key (key, dimension, pod, node)
) with (fillfactor = 50);

-- A pod of the version before waits here, and is answered after the commit that these tables are gone: it stores nothing more.
lock table log_rollup_series in access exclusive mode;

insert into log_rollup (pod, node, dimension, key, total)
select pod, node,
  case when level is not null then 'level' when service is not null then 'service' else 'template' end,
  coalesce(level, service, fingerprint), sum(total)
from log_rollup_series
group by grouping sets ((pod, node, level), (pod, node, service), (pod, node, fingerprint));

create or replace view log_rollup_total as
  select coalesce(sum(total), 0)::bigint as total from log_rollup where dimension = 'level';

drop table log_rollup_series;
