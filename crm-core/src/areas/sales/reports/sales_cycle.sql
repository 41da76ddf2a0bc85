-- The median is the mean of the one or two cycles in the middle.
select g.key as key, {name} as name, g.deals as deals, g.mean_days as mean_days, g.median_days as median_days, g.shortest_days as shortest_days,
    g.longest_days as longest_days
from (
    select c.key as key, count(c.days) as deals, avg(c.days) as mean_days, avg(case when 2 * c.place between c.among and c.among + 2 then c.days end) as median_days,
        min(c.days) as shortest_days, max(c.days) as longest_days
    from (
        select b.key as key, b.days as days, row_number() over (partition by b.key order by b.days) as place, count(*) over (partition by b.key) as among
        from (
            select {key} as key, days_between(d.opened_on, d.closed_on) as days
            from deal d
            {join}
            where d.status = 'won' and d.opened_on is not null and d.closed_on is not null and {scope}
        ) b
    ) c
    {group}
) g
order by mean_days, key
