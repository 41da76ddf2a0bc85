select {names,}g.lost_reason as lost_reason, g.records as {count}{if value}, g.amount as amount{end},
    cast(g.records as double precision) / cast(sum(g.records) over ({share}) as double precision) as share
from (
    select {keys,}{reason} as lost_reason, count(*) as records{if value}, cast(coalesce(sum({amount}), 0) as bigint) as amount{end}
    from {base} d
    join stage ds on ds.id = d.stage_id
    {join}
    where ds.kind = 'lost' and {scope}
    {group,}
) g
order by {order,}{count} desc{if value}, amount desc{end}, lost_reason nulls first
