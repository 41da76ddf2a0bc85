-- How the deals of an organization went through their stages.
select m.entered_at as at, 'stage' as kind, 'deal' as entity, d.id as record_id, d.name as title, s.name as detail, m.moved_by_id as user_id
from deal d
join stage_move m on m.entity = 'deal' and m.record_id = d.id
join stage s on s.id = m.stage_id
where d.organization_id = ?1 and m.entered_at < ?2 and m.entered_at >= ?3
