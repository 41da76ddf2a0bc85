-- What a server brings of its own, by name and types alone: nothing is run here, only prepared. It stands before pg_catalog on the search
-- path, so its `now`, `round`, `substr` and `like` are the library's, not the server's.
create schema ours;
set search_path = ours, pg_catalog;

create function now() returns bigint immutable language sql as 'select null::bigint';
create function today() returns text immutable language sql as 'select null::text';
create function today(bigint) returns text immutable language sql as 'select null::text';
create function acting_user() returns bigint immutable language sql as 'select null::bigint';
create function days(double precision) returns bigint immutable language sql as 'select null::bigint';
create function has(text, text) returns boolean immutable language sql as 'select null::boolean';
create function items(text) returns bigint immutable language sql as 'select null::bigint';
create function item(text, bigint) returns text immutable language sql as 'select null::text';
create function meaning(text, text) returns text immutable language sql as 'select null::text';
create function word_of_today(text, text) returns text immutable language sql as 'select null::text';
create function fold(text) returns text immutable language sql as 'select null::text';
create function major(bigint, text) returns double precision immutable language sql as 'select null::double precision';

-- A moment or a day, in milliseconds or as a text.
do $$
declare
    one text;
    other text;
begin
    foreach one in array array['text', 'bigint'] loop
        execute format('create function moment(%s) returns bigint immutable language sql as ''select null::bigint''', one);
        execute format('create function year(%s) returns bigint immutable language sql as ''select null::bigint''', one);
        foreach other in array array['day', 'week', 'month', 'quarter'] loop
            execute format('create function %s(%s) returns text immutable language sql as ''select null::text''', other, one);
        end loop;
        execute format('create function period_start(text, %s) returns text immutable language sql as ''select null::text''', one);
        execute format('create function next_period(text, %s) returns text immutable language sql as ''select null::text''', one);
        execute format('create function in_base(bigint, text, %s) returns bigint immutable language sql as ''select null::bigint''', one);
        foreach other in array array['text', 'bigint'] loop
            execute format('create function days_between(%s, %s) returns bigint immutable language sql as ''select null::bigint''', one, other);
        end loop;
    end loop;
    -- A number without its fraction, of whatever.
    foreach one in array array['text', 'bigint', 'numeric', 'double precision'] loop
        execute format('create function whole(%s) returns bigint immutable language sql as ''select null::bigint''', one);
    end loop;
end $$;

-- Half of something is rounded away from zero.
create function round(double precision) returns double precision immutable language sql as 'select null::double precision';
create function round(double precision, integer) returns double precision immutable language sql as 'select null::double precision';
-- A negative place counts from the end.
create function substr(text, integer) returns text immutable language sql as 'select null::text';
create function substr(text, integer, integer) returns text immutable language sql as 'select null::text';
-- The case of Latin letters does not matter, and a backslash is a letter like any other.
create function is_like(text, text) returns boolean immutable language sql as 'select null::boolean';
create function is_not_like(text, text) returns boolean immutable language sql as 'select null::boolean';
create operator ~~ (leftarg = text, rightarg = text, function = is_like);
create operator !~~ (leftarg = text, rightarg = text, function = is_not_like);
-- The greater and the lesser of two values of a record.
create function max(anycompatible, anycompatible) returns anycompatible immutable language sql as 'select $1';
create function min(anycompatible, anycompatible) returns anycompatible immutable language sql as 'select $1';

create function step(double precision, double precision) returns double precision immutable language sql as 'select $1';
create function step(double precision, double precision, double precision) returns double precision immutable language sql as 'select $1';
create function step(text, text, text) returns text immutable language sql as 'select $1';
create aggregate median(double precision) (sfunc = step, stype = double precision);
create aggregate quantile(double precision, double precision) (sfunc = step, stype = double precision);
create aggregate nearest(text, text) (sfunc = step, stype = text);
