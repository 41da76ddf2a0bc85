-- How far each record got in a process: to a place among the open stages, or to winning, which is beyond them all.
with reach as (
    select m.record_id as record_id, s.process_id as process_id,
        max(case s.kind when 'won' then 1000000000 when 'open' then coalesce(s.position, 0) end) as furthest
    from stage_move m
    join stage s on s.id = m.stage_id
    join {base} d on d.id = m.record_id
    where m.entity = '{base}' and {scope}
    group by m.record_id, s.process_id
), entry as (
    select distinct m.record_id as record_id, m.stage_id as stage_id
    from stage_move m
    join {base} d on d.id = m.record_id
    where m.entity = '{base}' and {scope}
), total as (
    select {keys,}e.stage_id as stage_id, count(*) as entered, count(case when r.furthest > coalesce(s.position, 0) then 1 end) as moved_on
    from entry e
    join {base} d on d.id = e.record_id
    join stage s on s.id = e.stage_id
    join reach r on r.record_id = e.record_id and r.process_id = s.process_id
    {join}
    where s.kind = 'open' and {stages}
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
