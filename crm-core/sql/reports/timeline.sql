-- ?1 the organization, ?2 before which and ?3 from which moment, ?4 how many. Activities in two parts, since only those
-- with a beginning are found in order by the index.
select starts_at as at, kind, 'activity' as entity, id as record_id, subject as title, outcome as detail, owner_id as user_id
from activity
where organization_id = ?1 and starts_at < ?2 and starts_at >= ?3
union all
select coalesce(done_at, due_at, created_at), kind, 'activity', id, subject, outcome, owner_id
from activity
where organization_id = ?1 and starts_at is null and coalesce(done_at, due_at, created_at) < ?2 and coalesce(done_at, due_at, created_at) >= ?3
union all
select coalesce(moment(opened_on), created_at), 'deal', 'deal', id, name, status, owner_id
from deal
where organization_id = ?1 and coalesce(moment(opened_on), created_at) < ?2 and coalesce(moment(opened_on), created_at) >= ?3
union all
select m.entered_at, 'stage', 'deal', d.id, d.name, s.name, m.moved_by_id
from deal d
join stage_move m on m.deal_id = d.id
join stage s on s.id = m.stage_id
where d.organization_id = ?1 and m.entered_at < ?2 and m.entered_at >= ?3
union all
select created_at, 'note', 'note', id, text, null, author_id
from note
where entity = 'organization' and record_id = ?1 and created_at < ?2 and created_at >= ?3
order by at desc, entity, record_id desc, kind
limit ?4
