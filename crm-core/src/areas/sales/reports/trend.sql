-- Every period between the first event and the last is a row, as far as they are filled in, so that a curve shows the empty ones, too.
with recursive event as (
    select e.day as day, e.opened as opened, case when e.opened = 0 and d.status = 'won' then 1 else 0 end as won,
        case when e.opened = 0 and d.status = 'lost' then 1 else 0 end as lost,
        case when e.opened = 0 and d.status = 'won' then coalesce(d.closed_value, 0) else 0 end as amount
    from deal d
    join (
        select o.id as deal_id, o.opened_on as day, 1 as opened from deal o where o.opened_on is not null
        union all
        select c.id, c.closed_on, 0 from deal c where c.closed_on is not null and c.status in ('won', 'lost')
    ) e on e.deal_id = d.id
    where {scope}
),
calendar(day, at) as (
    select period_start('{period}', min(e.day)), 1 from event e having min(e.day) is not null
    union all
    select next_period('{period}', c.day), c.at + 1 from calendar c
    where c.at < {filled} and next_period('{period}', c.day) <= (select max(e.day) from event e)
),
total as (
    select cast({period}(e.day) as text) as period, cast(sum(e.opened) as bigint) as opened, cast(sum(e.won) as bigint) as won,
        cast(sum(e.lost) as bigint) as lost, cast(sum(e.amount) as bigint) as amount
    from event e
    group by 1
)
select p.period as period, coalesce(t.opened, 0) as opened, coalesce(t.won, 0) as won, coalesce(t.lost, 0) as lost,
    cast(t.won as double precision) / nullif(t.won + t.lost, 0) as win_rate, coalesce(t.amount, 0) as amount
from (select cast({period}(c.day) as text) as period from calendar c where c.day is not null union select t.period from total t) p
left join total t on t.period = p.period
order by p.period
