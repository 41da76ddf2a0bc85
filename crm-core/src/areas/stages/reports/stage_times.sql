-- Only stays in open stages: nobody leaves winning and losing.
with total as (
    select {keys,}m.stage_id as stage_id, count(m.left_at) as ended,
        cast(avg((m.left_at - m.entered_at) / 86400000.0) as double precision) as mean_days,
        median((m.left_at - m.entered_at) / 86400000.0) as median_days, count(*) - count(m.left_at) as in_stage,
        count(case when m.left_at is null and (now() - m.entered_at) / 86400000.0 > s.norm_days then 1 end) as over_norm
    from stage_move m
    join {base} d on d.id = m.record_id
    join stage s on s.id = m.stage_id
    {join}
    where m.entity = '{base}' and s.kind = 'open' and {stages} and {scope}
    {group,}
)
select {names,}p.id as process_id, p.name as process, s.id as stage_id, s.name as stage, s.norm_days as norm_days, coalesce(t.ended, 0) as ended,
    t.mean_days as mean_days, t.median_days as median_days, coalesce(t.in_stage, 0) as in_stage, coalesce(t.over_norm, 0) as over_norm
from stage s
join process p on p.id = s.process_id
{every}
left join total t on t.stage_id = s.id{same}
where s.kind = 'open' and p.entity = '{base}' and {stages}
order by {order,}p.id, s.position nulls first, s.id
