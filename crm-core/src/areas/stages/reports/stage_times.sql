-- Only stays in open stages: nobody leaves winning and losing.
with stay as (
    select m.stage_id as stage_id, m.left_at as left_at, (coalesce(m.left_at, now()) - m.entered_at) / 86400000.0 as days
    from stage_move m
    join {base} d on d.id = m.record_id
    where m.entity = '{base}' and {scope}
)
select p.id as process_id, p.name as process, s.id as stage_id, s.name as stage, s.norm_days as norm_days, count(t.left_at) as ended,
    cast(avg(case when t.left_at is not null then t.days end) as double precision) as mean_days,
    median(case when t.left_at is not null then t.days end) as median_days,
    count(case when t.stage_id is not null and t.left_at is null then 1 end) as in_stage,
    count(case when t.left_at is null and t.days > s.norm_days then 1 end) as over_norm
from stage s
join process p on p.id = s.process_id
left join stay t on t.stage_id = s.id
where s.kind = 'open' and p.entity = '{base}' and {stages}
group by p.id, p.name, s.id, s.name, s.norm_days, s.position
order by p.id, s.position nulls first, s.id
