select g.key as key, {name} as name, g.deals as deals, g.amount as amount
from (
    select {key} as key, count(*) as deals, coalesce(sum(d.closed_value), 0) as amount
    from deal d
    {join}
    where d.status = 'won' and {scope}
    {group}
) g
order by amount desc, deals desc, key
