-- Stages without records are rows of zeros, so that the funnel shows all its steps.
select p.id as process_id, p.name as process, s.id as stage_id, s.name as stage, s.kind as kind, count(f.id) as {count}{if value},
    cast(coalesce(sum(f.amount), 0) as bigint) as value, coalesce((cast(sum(f.amount * f.probability) as bigint) + 50) / 100, 0) as weighted{end}{if product_id},
    cast(coalesce(sum(f.list_amount), 0) as bigint) as list_value{end}
from stage s
join process p on p.id = s.process_id
left join (
    select d.id, d.stage_id{if value},
        {amount} as amount,
        case ds.kind when 'won' then 100 when 'lost' then 0 else coalesce({probability}, ds.probability, 0) end as probability{end}{if product_id},
        l.amount as list_amount{end}
    from {base} d
    join stage ds on ds.id = d.stage_id{if product_id}
    left join (
        select pr.product_id, in_base(pr.amount, pr.amount_currency, today()) as amount
        from price pr
        join price_list pl on pl.id = pr.price_list_id
        where pl.is_standard = true
    ) l on l.product_id = d.product_id{end}
    where {scope}
) f on f.stage_id = s.id
where p.entity = '{base}' and {stages}
group by p.id, p.name, s.id, s.name, s.kind, s.position
order by p.id, s.position nulls first, s.id
