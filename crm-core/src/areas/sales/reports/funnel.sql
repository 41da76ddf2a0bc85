-- Stages without records are rows of zeros, so that the funnel shows all its steps.
with record as (
    select {keys,}d.stage_id as stage_id{if value}, {amount} as amount,
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
    {join}
    where {scope}
), total as (
    select {key,}stage_id, count(*) as records{if value}, cast(sum(amount) as bigint) as value,
        cast(sum(amount / 100 * probability) as bigint) as whole, cast(sum(amount % 100 * probability) as bigint) as rest{end}{if product_id},
        cast(sum(list_amount) as bigint) as list_value{end}
    from record
    {group,}
)
select {names,}p.id as process_id, p.name as process, s.id as stage_id, s.name as stage, s.kind as kind, coalesce(t.records, 0) as {count}{if value},
    coalesce(t.value, 0) as value, coalesce({weighted}, 0) as weighted{end}{if product_id}, coalesce(t.list_value, 0) as list_value{end}
from stage s
join process p on p.id = s.process_id
{every}
left join total t on t.stage_id = s.id{same}
where p.entity = '{base}' and {stages}
order by {order,}p.id, s.position nulls first, s.id
