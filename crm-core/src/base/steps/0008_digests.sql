-- What the chain is over of the versions that an entry brought about; and, of loads, of single ones that were pruned.
alter table change drop column former_digest;
alter table change add column digest blob;
-- Which change set took what of the past away; its hash is over these rows, too.
create table pruning (
    change_set integer not null,
    entity text not null,
    up_to integer not null,
    primary key (change_set, entity)
) strict;
create table pruned_version (
    entity text not null,
    change_set integer not null,
    record integer not null,
    digest blob not null,
    primary key (entity, change_set, record)
) strict, without rowid;
