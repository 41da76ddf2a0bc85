-- The key dates of an organization's deals: reached, or to be reached.
select moment(coalesce(m.reached_on, m.planned_on)) as at, 'milestone' as kind, 'milestone' as entity, m.id as record_id, m.name as title,
    d.name as detail, d.owner_id as user_id
from deal d
join milestone m on m.deal_id = d.id
where d.organization_id = ?1 and coalesce(m.reached_on, m.planned_on) is not null
    and moment(coalesce(m.reached_on, m.planned_on)) < ?2 and moment(coalesce(m.reached_on, m.planned_on)) >= ?3
