select {reason} as lost_reason, count(*) as {count}{if value}, cast(coalesce(sum({amount}), 0) as bigint) as amount{end},
    cast(count(*) as double precision) / cast(sum(count(*)) over () as double precision) as share
from {base} d
join stage ds on ds.id = d.stage_id
where ds.kind = 'lost' and {scope}
group by {reason}
order by {count} desc{if value}, amount desc{end}, lost_reason nulls first
