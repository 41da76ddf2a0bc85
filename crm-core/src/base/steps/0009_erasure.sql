-- Of versions whose personal half was erased: the half of the digest that was over what is gone, and the same over what is left.
create table erased_version (
    entity text not null,
    record integer not null,
    revision integer not null,
    change_set integer not null,
    personal blob not null,
    rest blob not null,
    primary key (entity, record, revision, change_set)
) strict, without rowid;
alter table custom_field add column personal integer;
