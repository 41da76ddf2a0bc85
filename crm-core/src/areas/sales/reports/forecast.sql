-- Every period between the first and the last is a row, as far as they are filled in; open deals without a day are one without a period, at the end.
with recursive entry as (
    select case d.status when 'open' then d.closes_on else d.closed_on end as day,
        case d.status when 'won' then coalesce(d.closed_value, 0) else 0 end as won,
        case d.status when 'open' then 1 else 0 end as deals,
        case d.status when 'open' then coalesce(in_base(d.value, d.value_currency, today()), 0) else 0 end as value,
        coalesce(d.probability, s.probability, 0) as probability
    from deal d
    join stage s on s.id = d.stage_id
    where d.status in ('open', 'won') and {scope}
),
calendar(day, at) as (
    select period_start('{period}', min(e.day)), 1 from entry e having min(e.day) is not null
    union all
    select next_period('{period}', c.day), c.at + 1 from calendar c
    where c.at < {filled} and next_period('{period}', c.day) <= (select max(e.day) from entry e)
),
total as (
    select cast({period}(e.day) as text) as period, cast(sum(e.won) as bigint) as won, cast(sum(e.deals) as bigint) as deals,
        cast(sum(e.value) as bigint) as value, cast(sum(e.value / 100 * e.probability) as bigint) as whole,
        cast(sum(e.value % 100 * e.probability) as bigint) as rest
    from entry e
    group by 1
)
select p.period as period, coalesce(t.won, 0) as won, coalesce(t.deals, 0) as deals, coalesce(t.value, 0) as value,
    coalesce({weighted}, 0) as weighted,
    coalesce((select cast(sum(b.part) as bigint) from (select t.won as part union all select {weighted}) b), 0) as expected
from (select cast({period}(c.day) as text) as period from calendar c where c.day is not null union select t.period from total t) p
left join total t on t.period is not distinct from p.period
order by p.period is null, p.period
