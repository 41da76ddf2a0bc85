select {names}, g.deals as deals, g.amount as amount
from (
    select {keys}, count(*) as deals, cast(coalesce(sum(d.closed_value), 0) as bigint) as amount
    from deal d
    {join}
    where d.status = 'won' and {scope}
    {group}
) g
order by {order}amount desc, deals desc, key nulls first
