select a.record_id, a.name, a.organization_id, a.owner_id, a.stage_id, a.stage, a.days_open, a.days_in_stage, a.norm_days, a.longest_won_days,
    coalesce(a.days_in_stage > a.norm_days, false) as over_norm, coalesce(a.days_open > a.longest_won_days, false) as over_longest
from (
    select d.id as record_id, d.{title} as name, {organization} as organization_id, d.owner_id as owner_id, d.stage_id as stage_id, s.name as stage,
        days_between({opened}, today()) as days_open,
        (select days_between(max(m.entered_at), today()) from stage_move m where m.entity = '{base}' and m.record_id = d.id and m.left_at is null) as days_in_stage,
        s.norm_days as norm_days, w.longest as longest_won_days
    from {base} d
    join stage s on s.id = d.stage_id
    left join (
        select d.process_id as process_id, max(days_between({opened}, {closed})) as longest
        from {base} d
        join stage ws on ws.id = d.stage_id
        where ws.kind = 'won'
        group by d.process_id
    ) w on w.process_id = d.process_id
    where s.kind = 'open' and {scope}
) a
where a.days_in_stage > a.norm_days or a.days_open > a.longest_won_days
order by days_open desc nulls last, record_id
