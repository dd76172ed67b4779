-- Another roof face or inverter is added to the form of a case, and taken away, by
-- its people: for how many there is room is kept, so that all who look see the same.
alter table onboarding_case
    add column faces smallint not null default 1,
    add column inverters smallint not null default 1,
    add constraint onboarding_case_faces_check check (faces between 1 and 4),
    add constraint onboarding_case_inverters_check check (inverters between 1 and 8);

alter table onboarding_history drop constraint onboarding_history_what_check;
alter table onboarding_history add constraint onboarding_history_what_check
    check (what in ('opened', 'changed', 'room_made', 'room_taken', 'moved', 'access_given',
                    'link_made', 'message_sent', 'tested', 'verified', 'accepted', 'noted',
                    'attached', 'detached', 'assigned', 'waits', 'stuck', 'freed', 'went_live'));
