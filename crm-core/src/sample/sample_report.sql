select {names}, g.orders as orders
from (
    select {keys}, count(*) as orders
    from sample_order o
    {join}
    where {scope}
    {group}
) g
order by {order}orders desc, key nulls first
