-- What brought a change set about: nothing for a call.
alter table change_set add column cause text;
