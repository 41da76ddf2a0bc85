select {names}, g.won as won, g.lost as lost, cast(g.won as double precision) / nullif(g.won + g.lost, 0) as win_rate
from (
    select {keys}, count(case d.status when 'won' then 1 end) as won, count(case d.status when 'lost' then 1 end) as lost
    from deal d
    {join}
    where d.status in ('won', 'lost') and {scope}
    {group}
) g
order by {order}win_rate desc nulls last, won desc, key nulls first
