select d.lost_reason as lost_reason, count(*) as deals, coalesce(sum(d.closed_value), 0) as amount, 1.0 * count(*) / sum(count(*)) over () as share
from deal d
where d.status = 'lost' and {scope}
group by d.lost_reason
order by deals desc, amount desc, lost_reason
