-- The administrator's lists: people by the thousand, and a trail that only grows.

create index app_user_name_idx on app_user (lower(name), id);
create index audit_entry_initiator_idx on audit_entry (initiator_id, id desc);
create index audit_entry_subject_idx on audit_entry (subject, id desc);

-- Adds a word to those that the audit trail knows, whichever it knows already.
do $$
declare
    words text[];
begin
    select array_agg(distinct word[1]) into words
    from pg_constraint,
         regexp_matches(pg_get_constraintdef(oid), '''([a-z_]+)''', 'g') as word
    where conname = 'audit_entry_subject_check';
    alter table audit_entry drop constraint audit_entry_subject_check;
    execute format('alter table audit_entry add constraint audit_entry_subject_check '
                   'check (subject in (%s))',
                   (select string_agg(quote_literal(word), ', ')
                    from unnest(words || array['region']) as word));
end $$;
