-- Every open stage of a process, those where nobody waits, too.
with stay as (
    select m.stage_id as stage_id, (now() - m.entered_at) / 86400000.0 as days
    from stage_move m
    join {base} d on d.id = m.record_id and d.stage_id = m.stage_id
    where m.entity = '{base}' and m.left_at is null and {scope}
)
select p.id as process_id, p.name as process, s.id as stage_id, s.name as stage, s.norm_days as norm_days, count(t.stage_id) as waiting,
    count(case when t.days > s.norm_days then 1 end) as over_norm,
    cast(count(case when t.days > s.norm_days then 1 end) as double precision) / nullif(count(case when s.norm_days is not null then t.stage_id end), 0) as share,
    cast(avg(t.days) as double precision) as mean_days, median(t.days) as median_days, cast(max(t.days) as double precision) as longest_days,
    cast(avg(t.days) as double precision) / nullif(s.norm_days, 0) as norms
from stage s
join process p on p.id = s.process_id
left join stay t on t.stage_id = s.id
where s.kind = 'open' and p.entity = '{base}' and {stages}
group by p.id, p.name, s.id, s.name, s.norm_days, s.position
order by norms desc nulls last, mean_days desc nulls last, p.id, s.position nulls first, s.id
