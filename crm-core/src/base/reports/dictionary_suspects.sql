-- The places of a field of several words, of which it has at most a hundred.
with recursive place(at) as (
    select 1
    union all
    select b.at + 1 from place b where b.at < 100
)
select w.entity as entity, w.field as field, w.value as value, w.count as count,
    (select nearest(w.value, i.name) from dictionary_item i join dictionary n on n.id = i.dictionary_id where n.name = w.dictionary) as nearest
from ({words}) w
where not exists (select 1 from dictionary_item i join dictionary n on n.id = i.dictionary_id where n.name = w.dictionary and i.name = w.value)
order by count desc, entity, field, value
