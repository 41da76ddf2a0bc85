-- Every stage of a process, those without records, too.
select p.id as process_id, p.name as process, s.id as stage_id, s.name as stage, s.kind as kind, count(d.id) as records,
    count(case when x.days > s.norm_days then 1 end) as over_norm, cast(avg(x.days) as double precision) as mean_days
from stage s
join process p on p.id = s.process_id
left join {base} d on d.stage_id = s.id and {scope}
left join (
    select m.record_id as record_id, m.stage_id as stage_id, (now() - max(m.entered_at)) / 86400000.0 as days
    from stage_move m
    where m.entity = '{base}' and m.left_at is null
    group by m.record_id, m.stage_id
) x on x.record_id = d.id and x.stage_id = d.stage_id and s.kind = 'open'
where p.entity = '{base}' and {stages}
group by p.id, p.name, s.id, s.name, s.kind, s.position
order by p.id, s.position nulls first, s.id
