-- A customer as a whole goes through stages, too.
alter table organization add column process_id integer references process(id) deferrable initially deferred;
alter table organization add column stage_id integer references stage(id) deferrable initially deferred;
create index organization_process_id on organization (process_id) where process_id is not null;
create index organization_stage_id on organization (stage_id) where stage_id is not null;
