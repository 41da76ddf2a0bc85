-- Each date that was planned, with the first time the record came into the stage. Days count as long as the record is still before the stage; one that
-- passed it over, ended or left the process comes there no more, and is late for nothing.
select t.record_id as record_id, t.name as name, t.owner_id as owner_id, t.process as process, t.stage_id as stage_id, t.stage as stage,
    t.planned_on as planned_on, day(t.entered_at) as entered_on,
    case when t.entered_at is not null or t.is_before = true then days_between(t.planned_on, coalesce(day(t.entered_at), today())) end as days_late,
    t.entered_at is null and t.is_before = true and t.planned_on < today() as overdue
from (
    select a.record_id as record_id, d.{title} as name, d.owner_id as owner_id, p.name as process, a.stage_id as stage_id, s.name as stage,
        a.planned_on as planned_on,
        (select min(m.entered_at) from stage_move m where m.entity = '{base}' and m.record_id = a.record_id and m.stage_id = a.stage_id) as entered_at,
        coalesce(ns.kind = 'open' and ns.process_id = s.process_id and ns.id <> s.id
            and (s.kind <> 'open' or coalesce(ns.position, 0) < coalesce(s.position, 0)), false) as is_before
    from stage_plan a
    join {base} d on d.id = a.record_id
    join stage s on s.id = a.stage_id
    join process p on p.id = s.process_id
    left join stage ns on ns.id = d.stage_id
    where a.entity = '{base}' and {stages} and {scope}
) t
order by planned_on, name nulls first, record_id
