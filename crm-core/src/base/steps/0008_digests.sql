-- What the chain is over of the versions that an entry brought about; and, of loads, of single ones that were pruned.
alter table change drop column former_digest;
alter table change add column digest blob;
create table pruned_version (
    entity text not null,
    change_set integer not null,
    record integer not null,
    digest blob not null,
    primary key (entity, change_set, record)
) strict, without rowid;
