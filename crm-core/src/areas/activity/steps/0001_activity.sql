-- A contact or task: call, e-mail, meeting, presentation, letter, visit, business trip, brochure, offer, note, web visit, and kinds of one's own.
create table activity (
    id integer primary key,
    revision integer not null,
    created_at integer not null,
    updated_at integer not null,
    kind text not null,
    subject text not null,
    status text not null,
    direction text,
    starts_at integer,
    ends_at integer,
    due_at integer,
    done_at integer,
    organization_id integer references organization(id) deferrable initially deferred,
    person_id integer references person(id) deferrable initially deferred,
    deal_id integer references deal(id) deferrable initially deferred,
    previous_id integer references activity(id) deferrable initially deferred,
    owner_id integer references user(id) deferrable initially deferred,
    line_id integer references line(id) deferrable initially deferred,
    outcome text,
    result text,
    description text
) strict;

-- That somebody takes part in an activity: a person from outside or a user.
create table participant (
    id integer primary key,
    revision integer not null,
    created_at integer not null,
    updated_at integer not null,
    activity_id integer not null references activity(id) deferrable initially deferred,
    person_id integer references person(id) deferrable initially deferred,
    user_id integer references user(id) deferrable initially deferred,
    role text,
    attended integer
) strict;

create index activity_organization on activity (organization_id, starts_at);
create index activity_person on activity (person_id, starts_at) where person_id is not null;
create index activity_deal on activity (deal_id, starts_at) where deal_id is not null;
create index activity_previous on activity (previous_id) where previous_id is not null;
create index activity_owner on activity (owner_id, kind, status);
create index activity_due on activity (due_at) where status = 'planned';
create index activity_owner_due on activity (owner_id, due_at) where status = 'planned';
create index activity_organization_due on activity (organization_id, due_at) where status = 'planned';
create index activity_line on activity (line_id) where line_id is not null;
create index participant_activity on participant (activity_id);
create index participant_person_id on participant (person_id) where person_id is not null;
create index participant_user_id on participant (user_id) where user_id is not null;
