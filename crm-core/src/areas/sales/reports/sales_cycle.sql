select {names}, g.deals as deals, g.mean_days as mean_days, g.median_days as median_days, g.shortest_days as shortest_days, g.longest_days as longest_days
from (
    select {keys}, count(*) as deals, cast(avg(days_between(d.opened_on, d.closed_on)) as double precision) as mean_days, median(days_between(d.opened_on, d.closed_on)) as median_days,
        min(days_between(d.opened_on, d.closed_on)) as shortest_days, max(days_between(d.opened_on, d.closed_on)) as longest_days
    from deal d
    {join}
    where d.status = 'won' and d.opened_on is not null and d.closed_on is not null and {scope}
    {group}
) g
order by {order}mean_days nulls first, key nulls first
