-- What of the past was taken away: of which entity, and up to which change set. What the log's chain is over of it stays with its entries.
create table pruned (
    entity text primary key,
    change_set integer not null
) strict, without rowid;
alter table change add column former_digest blob;
