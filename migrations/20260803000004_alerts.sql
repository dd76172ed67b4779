-- Alerts: which anomalies are told to whom. What is to be told is written in the
-- transaction that changes the anomaly, once for each rule and state of it.

create table alert_rule (
    id               uuid primary key,
    name             text not null,
    -- Empty for any kind.
    kinds            text[] not null,
    severity         text not null,
    region           text references region,
    brand            text,
    least_per_day    numeric(14, 2) not null,
    lasting_s        integer not null,
    gather_s         integer not null,
    -- Hours of the local day; both or none.
    quiet_from       smallint,
    quiet_to         smallint,
    recipients       text[] not null,
    escalate_after_s integer,
    escalate_to      text[] not null,
    tells_end        boolean not null,
    enabled          boolean not null,
    -- When it last sent a message: the next one is a while apart.
    told_at          timestamptz,
    removed_at       timestamptz,
    constraint alert_rule_severity_check check (severity in ('any', 'needs_action', 'act_today')),
    constraint alert_rule_quiet_check check ((quiet_from is null) = (quiet_to is null)),
    constraint alert_rule_escalation_check
        check ((escalate_after_s is null) = (cardinality(escalate_to) = 0))
);

create table alert_silence (
    id       uuid primary key,
    kind     text,
    region   text references region,
    brand    text,
    from_at  timestamptz not null,
    until_at timestamptz not null,
    why      text not null,
    ended_at timestamptz,
    constraint alert_silence_span_check check (from_at < until_at)
);

create table alert_notice (
    id          bigint generated always as identity primary key,
    rule_id     uuid not null references alert_rule on delete cascade,
    anomaly_id  uuid not null references anomaly on delete cascade,
    -- How often the anomaly had been opened again.
    round       smallint not null,
    event       text not null,
    due_at      timestamptz not null,
    state       text not null default 'held',
    settled_at  timestamptz,
    -- Why it was dropped, or what holds it.
    why         text,
    incident_id uuid,
    constraint alert_notice_key unique (rule_id, anomaly_id, round, event),
    constraint alert_notice_event_check check (event in ('raised', 'escalated', 'ended')),
    constraint alert_notice_state_check check (state in ('held', 'told', 'dropped'))
);
create index alert_notice_due_idx on alert_notice (due_at) where state = 'held';
create index alert_notice_anomaly_idx on alert_notice (anomaly_id);

-- Adds words to those that the audit trail knows, whichever it knows already.
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
            'check (subject in (' || words || ', ''alert_rule'', ''alert_silence''))';
end $$;
