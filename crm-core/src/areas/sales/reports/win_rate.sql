select {names}, g.won as won, g.lost as lost, 1.0 * g.won / nullif(g.won + g.lost, 0) as win_rate
from (
    select {keys}, count(case d.status when 'won' then 1 end) as won, count(case d.status when 'lost' then 1 end) as lost
    from deal d
    {join}
    where d.status in ('won', 'lost') and {scope}
    {group}
) g
order by {order}win_rate desc, won desc, key
