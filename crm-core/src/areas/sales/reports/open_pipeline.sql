select {names}, g.deals as deals, g.value as value, coalesce({weighted}, 0) as weighted, g.list_value as list_value
from (
    select {keys}, count(*) as deals, cast(coalesce(sum(in_base(d.value, d.value_currency, today())), 0) as bigint) as value,
        cast(sum(in_base(d.value, d.value_currency, today()) / 100 * coalesce(d.probability, s.probability, 0)) as bigint) as whole,
        cast(sum(in_base(d.value, d.value_currency, today()) % 100 * coalesce(d.probability, s.probability, 0)) as bigint) as rest,
        cast(coalesce(sum(l.amount), 0) as bigint) as list_value
    from deal d
    join stage s on s.id = d.stage_id
    left join (
        select pr.product_id, in_base(pr.amount, pr.amount_currency, today()) as amount
        from price pr
        join price_list pl on pl.id = pr.price_list_id
        where pl.is_standard = true
    ) l on l.product_id = d.product_id
    {join}
    where d.status = 'open' and {scope}
    {group}
) g
order by {order}value desc, list_value desc, deals desc, key nulls first
