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
)
select p.id as process_id, p.name as process, s.id as stage_id, s.name as stage, count(e.record_id) as entered,
    count(case when r.furthest > coalesce(s.position, 0) then 1 end) as moved_on,
    cast(count(case when r.furthest > coalesce(s.position, 0) then 1 end) as double precision) / nullif(count(e.record_id), 0) as share
from stage s
join process p on p.id = s.process_id
left join entry e on e.stage_id = s.id
left join reach r on r.record_id = e.record_id and r.process_id = s.process_id
where s.kind = 'open' and p.entity = '{base}' and {stages}
group by p.id, p.name, s.id, s.name, s.position
order by p.id, s.position nulls first, s.id
