-- Each date that was planned, with the first time the record came into the stage.
select t.record_id as record_id, d.{title} as name, d.owner_id as owner_id, p.name as process, t.stage_id as stage_id, s.name as stage,
    t.planned_on as planned_on, day(t.entered_at) as entered_on, days_between(t.planned_on, coalesce(day(t.entered_at), today())) as days_late,
    t.entered_at is null and t.planned_on < today() as overdue
from (
    select a.record_id as record_id, a.stage_id as stage_id, a.planned_on as planned_on,
        (select min(m.entered_at) from stage_move m where m.entity = '{base}' and m.record_id = a.record_id and m.stage_id = a.stage_id) as entered_at
    from stage_plan a
    where a.entity = '{base}'
) t
join {base} d on d.id = t.record_id
join stage s on s.id = t.stage_id
join process p on p.id = s.process_id
where {stages} and {scope}
order by planned_on, name nulls first, record_id
