-- Every open stage of a process, those where nobody waits, too.
with total as (
    select {keys,}m.stage_id as stage_id, count(*) as waiting,
        count(case when (now() - m.entered_at) / 86400000.0 > s.norm_days then 1 end) as over_norm,
        cast(avg((now() - m.entered_at) / 86400000.0) as double precision) as mean_days, median((now() - m.entered_at) / 86400000.0) as median_days,
        cast(max((now() - m.entered_at) / 86400000.0) as double precision) as longest_days
    from stage_move m
    join {base} d on d.id = m.record_id and d.stage_id = m.stage_id
    join stage s on s.id = m.stage_id
    {join}
    where m.entity = '{base}' and m.left_at is null and s.kind = 'open' and {stages} and {scope}
    {group,}
)
select {names,}p.id as process_id, p.name as process, s.id as stage_id, s.name as stage, s.norm_days as norm_days, coalesce(t.waiting, 0) as waiting,
    coalesce(t.over_norm, 0) as over_norm, case when s.norm_days is not null then cast(t.over_norm as double precision) / nullif(t.waiting, 0) end as share,
    t.mean_days as mean_days, t.median_days as median_days, t.longest_days as longest_days, t.mean_days / nullif(s.norm_days, 0) as norms
from stage s
join process p on p.id = s.process_id
{every}
left join total t on t.stage_id = s.id{same}
where s.kind = 'open' and p.entity = '{base}' and {stages}
order by {order,}norms desc nulls last, mean_days desc nulls last, p.id, s.position nulls first, s.id
