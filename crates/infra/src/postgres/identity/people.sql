-- A page of people. $1 text within name or address, $2 role, $3 standing,
-- $4 sort, $5 limit, $6 offset; null asks for all.
select id, email, name, role, password_hash is null as "invited!", active,
       created_at as "created_at: jiff_sqlx::Timestamp",
       last_seen_at as "last_seen_at: jiff_sqlx::Timestamp",
       exists (select from second_factor
               where user_id = app_user.id and confirmed_at is not null) as "second_factor!",
       count(*) over () as "matching!"
from app_user
where ($1::text is null
       or position(lower($1) in lower(name)) > 0
       or position(lower($1) in lower(email)) > 0)
  and ($2::text is null or role = $2)
  and ($3::text is null
       or $3 = case when not active then 'deactivated'
                    when password_hash is null then 'invited'
                    else 'active' end)
order by case when $4 = 'seen' then last_seen_at end desc nulls last,
         case when $4 = 'newest' then created_at end desc,
         lower(name), id
limit $5 offset $6
