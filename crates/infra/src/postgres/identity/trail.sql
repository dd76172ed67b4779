-- Entries of the audit trail, the newest first, with the names of those in
-- them. $1 who, $2 kind of thing, $3 what, $4 from, $5 until, $6 older than this
-- number, $7 limit; null asks for all.
select entry.id, entry.at as "at: jiff_sqlx::Timestamp", initiator_kind, initiator_id,
       subject, subject_id, action, before::text, after::text,
       coalesce(person.name, token.name) as by_name,
       coalesce(about_person.name, about_token.name) as about_name
from audit_entry entry
left join app_user person on initiator_kind = 'user' and person.id = initiator_id
left join api_token token on initiator_kind = 'token' and token.id = initiator_id
left join app_user about_person
    on subject = 'user' and about_person.id::text = subject_id
left join api_token about_token
    on subject = 'token' and about_token.id::text = subject_id
where ($1::text is null
       or position(lower($1) in lower(coalesce(person.name, token.name, ''))) > 0
       or position(lower($1) in lower(coalesce(person.email, ''))) > 0
       or (initiator_kind in ('command_line', 'system')
           and position(lower($1) in case initiator_kind when 'system' then 'greengrid'
                                                         else 'command line' end) > 0))
  and ($2::text is null or subject = $2)
  and ($3::text is null
       or position(lower($3) in replace(action, '_', ' ')) > 0
       or position(lower($3) in lower(subject_id)) > 0
       or position(lower($3) in lower(coalesce(about_person.name, about_token.name, ''))) > 0)
  and ($4::timestamptz is null or entry.at >= $4)
  and ($5::timestamptz is null or entry.at < $5)
  and ($6::bigint is null or entry.id < $6)
order by entry.id desc
limit $7
