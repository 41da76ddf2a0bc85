-- Records of any entity go through stages: a process says of which.
alter table process add column entity text not null default 'deal';

-- By when a record is to have come into a stage.
create table stage_plan (
    id integer primary key,
    revision integer not null,
    created_at integer not null,
    updated_at integer not null,
    entity text not null,
    record_id integer not null,
    stage_id integer not null references stage(id) deferrable initially deferred,
    planned_on text not null
) strict;
create unique index stage_plan_record on stage_plan (entity, record_id, stage_id);
create index stage_plan_stage_id on stage_plan (stage_id);
