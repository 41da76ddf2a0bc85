-- That records may move from one stage to another.
create table stage_transition (
    id integer primary key,
    revision integer not null,
    created_at integer not null,
    updated_at integer not null,
    from_stage_id integer references stage(id) deferrable initially deferred,
    to_stage_id integer not null references stage(id) deferrable initially deferred,
    role_id integer references role(id) deferrable initially deferred,
    description text
) strict;
create index stage_transition_from_stage_id on stage_transition (from_stage_id) where from_stage_id is not null;
create index stage_transition_to_stage_id on stage_transition (to_stage_id);
create index stage_transition_role_id on stage_transition (role_id) where role_id is not null;

-- A field that must be filled in a record that comes into a stage.
create table required_field (
    id integer primary key,
    revision integer not null,
    created_at integer not null,
    updated_at integer not null,
    stage_id integer not null references stage(id) deferrable initially deferred,
    field text not null,
    custom_field_id integer references custom_field(id) deferrable initially deferred
) strict;
create unique index required_field_name on required_field (stage_id, field);
create index required_field_custom_field_id on required_field (custom_field_id) where custom_field_id is not null;
