select d.lost_reason as lost_reason, count(*) as deals, cast(coalesce(sum(d.closed_value), 0) as bigint) as amount,
    cast(count(*) as double precision) / cast(sum(count(*)) over () as double precision) as share
from deal d
where d.status = 'lost' and {scope}
group by d.lost_reason
order by deals desc, amount desc, lost_reason nulls first
