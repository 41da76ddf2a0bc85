-- Why a record was lost stays with the stay in that stage, since it may come back and be lost again.
alter table stage_move add column reason text;
