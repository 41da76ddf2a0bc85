-- That a record was in a stage: of any entity, where it was of deals alone.
create table stage_move_of_any (
    id integer primary key,
    revision integer not null,
    created_at integer not null,
    updated_at integer not null,
    entity text not null,
    record_id integer not null,
    stage_id integer not null references stage(id) deferrable initially deferred,
    entered_at integer not null,
    left_at integer,
    moved_by_id integer references user(id) deferrable initially deferred
) strict;
insert into stage_move_of_any (id, revision, created_at, updated_at, entity, record_id, stage_id, entered_at, left_at, moved_by_id)
    select id, revision, created_at, updated_at, 'deal', deal_id, stage_id, entered_at, left_at, moved_by_id from stage_move;
drop table stage_move;
alter table stage_move_of_any rename to stage_move;
create index stage_move_record on stage_move (entity, record_id, left_at);
create index stage_move_stage_id on stage_move (stage_id);
create index stage_move_moved_by_id on stage_move (moved_by_id) where moved_by_id is not null;
