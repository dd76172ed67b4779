-- Searching for posts goes through many of them page by page, newest first. For
-- words that many posts hold this order is read until a page is full; for rare
-- ones the index of words is.
create index chat_post_newest_idx on chat_post (posted_at desc, id desc)
    where status = 'visible';
