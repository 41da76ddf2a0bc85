-- Each record once for a stage that it was in, with how far it got in the process: to a place among the open stages, or to winning, which is beyond
-- them all.
with entry as (
    select distinct {keys,}m.stage_id as stage_id, m.record_id as record_id, s.kind as kind, coalesce(s.position, 0) as position,
        max(case s.kind when 'won' then 1000000000 when 'open' then coalesce(s.position, 0) end) over (partition by m.record_id, s.process_id) as furthest
    from stage_move m
    join stage s on s.id = m.stage_id
    join {base} d on d.id = m.record_id
    {join}
    where m.entity = '{base}' and {stages} and {scope}
), total as (
    select {key,}stage_id, count(*) as entered, count(case when furthest > position then 1 end) as moved_on
    from entry
    where kind = 'open'
    {group,}
)
select {names,}p.id as process_id, p.name as process, s.id as stage_id, s.name as stage, coalesce(t.entered, 0) as entered,
    coalesce(t.moved_on, 0) as moved_on, cast(t.moved_on as double precision) / nullif(t.entered, 0) as share
from stage s
join process p on p.id = s.process_id
{every}
left join total t on t.stage_id = s.id{same}
where s.kind = 'open' and p.entity = '{base}' and {stages}
order by {order,}p.id, s.position nulls first, s.id
