-- While an anomaly like the source lasts, rules do not tell of those like the
-- target that have the same labels.

create table alert_inhibition (
    id              uuid primary key,
    why             text not null,
    source_kind     text,
    source_severity text,
    source_region   text references region,
    source_brand    text,
    target_kind     text,
    target_severity text,
    target_region   text references region,
    target_brand    text,
    equal           text[] not null,
    removed_at      timestamptz,
    constraint alert_inhibition_equal_check
        check (cardinality(equal) > 0 and equal <@ array ['site', 'region', 'brand', 'kind'])
);

-- Adds a word to those that the audit trail knows, whichever it knows already.
do $$
declare
    words text;
begin
    select string_agg(distinct quote_literal(word[1]), ', ') into words
    from pg_constraint,
         regexp_matches(pg_get_constraintdef(oid), '''([a-z_]+)''', 'g') as word
    where conname = 'audit_entry_subject_check';
    alter table audit_entry drop constraint audit_entry_subject_check;
    execute 'alter table audit_entry add constraint audit_entry_subject_check '
            'check (subject in (' || words || ', ''alert_inhibition''))';
end $$;
