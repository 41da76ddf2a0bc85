select a.person_id as person_id, p.name as person, a.organization_id as organization_id, c.name as organization, a.role as role,
    a.department as department, a.since as since, a.until as until, a.active as active,
    (select count(distinct b.organization_id) from affiliation b where b.person_id = a.person_id and b.active = true) as organizations
from affiliation a
join person p on p.id = a.person_id
join organization c on c.id = a.organization_id
where {scope}
order by person, person_id, active desc nulls last, organization, a.id
