use std::sync::Arc;

use greengrid_domain::chat::{
    Begun, Completion, PostBody, PostId, Room, Standing, judge, mentions,
};
use greengrid_domain::fleet::Site;
use greengrid_domain::identity::UserId;
use greengrid_domain::monitoring::{AnomalyId, Note};
use greengrid_domain::observability::signal;
use jiff::SignedDuration;
use tracing::Instrument as _;

use super::contracts::{Added, Changed, ChatStore, NewPost, PostChange, PostLimiter};
use super::errors::{ChatError, PostError};
use super::naming::{Names, fixed_title, listed};
use super::records::{FoundPage, Inbox, Look, Person, PostRecord, Thread};
use crate::actor::{Actor, Denied, Permission};
use crate::clock::Clock;
use crate::fleet::Directory;
use crate::ids::Ids;
use crate::monitoring::{AnomalyRecord, AnomalyStore};

/// How far back what somebody said counts as a repeat.
const RECENT: SignedDuration = SignedDuration::from_mins(10);
/// How long authors are told of posts that others do not see.
const TOLD: SignedDuration = SignedDuration::from_hours(24);

/// Something somebody wants to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WritePost {
    /// Where.
    pub room: Room,
    /// Key that came with the form.
    pub id: PostId,
    /// What, as it was typed.
    pub text: String,
}

/// The team's conversation.
#[derive(Clone, bon::Builder)]
pub struct Chat {
    store: Arc<dyn ChatStore>,
    limiter: Arc<dyn PostLimiter>,
    directory: Directory,
    anomalies: Arc<dyn AnomalyStore>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
    /// Whether everybody shares a few accounts that anybody can use.
    #[builder(default)]
    demo: bool,
}

impl Chat {
    /// A key for a post to be written.
    #[must_use]
    pub fn next_id(&self) -> PostId {
        self.ids.uuid().into()
    }

    /// What is to be seen of a room.
    pub async fn thread(
        &self,
        actor: &Actor,
        room: &Room,
        look: Look,
    ) -> Result<Thread, ChatError> {
        actor.require(Permission::Chat)?;
        let (last_seq, title) = self.heading(room).await?;
        let window = look.window(last_seq);
        let posts = self.store.window(room, window).await?;
        Ok(Thread { room: room.clone(), title, window, last_seq, posts })
    }

    /// What is new to somebody.
    pub async fn inbox(&self, actor: &Actor) -> Result<Inbox, ChatError> {
        actor.require(Permission::Chat)?;
        let reader = actor.user().ok_or(Denied)?;
        let kept = self.store.rooms(reader).await?;
        let since = self.clock.now() - TOLD;
        let held = self.store.held(reader, since).await?;
        let waiting =
            if actor.may(Permission::ModerateChat) { self.store.count_waiting().await? } else { 0 };
        Ok(Inbox { rooms: listed(&self.directory.snapshot(), kept), waiting, held })
    }

    /// Says something in a room.
    pub async fn post(&self, actor: &Actor, command: WritePost) -> Result<Added, PostError> {
        actor.require(Permission::Chat)?;
        let author = actor.user().ok_or(Denied)?;
        let WritePost { room, id, text } = command;
        let step = |name: &'static str| tracing::debug_span!(target: signal::STEP, "step", name);
        let body: PostBody = step("read the text").in_scope(|| text.parse())?;
        let at = self.clock.now();
        let policy = async {
            let (_, title) = self.heading(&room).await?;
            self.limiter.admit(author, &room, self.standing(actor)).map_err(PostError::TooFast)?;
            Ok::<_, PostError>((title, self.store.author(author, at - RECENT).await?))
        };
        let (title, known) = policy.instrument(step("policy: room and limits")).await?;
        let names = self.names().instrument(step("look up whom it may name")).await?;
        let (held_for, mentions) = step("domain: judge, find mentions")
            .in_scope(|| (judge(&body, &known), mentions(body.as_str(), &names)));
        let title = matches!(room, Room::Incident(_)).then_some(title);
        let post = NewPost { id, room, title, author, body, mentions, held_for, at };
        let row = step("row: place, post, audit entry, notice");
        Ok(self.store.add(&post).instrument(row).await?)
    }

    /// A post with what surrounds it, for whoever may see it: everybody a
    /// visible one, its author and those who decide the others.
    pub async fn find(&self, actor: &Actor, id: PostId) -> Result<PostRecord, ChatError> {
        use greengrid_domain::chat::PostStatus;
        actor.require(Permission::Chat)?;
        let record = self.store.find(id).await?.ok_or(ChatError::Missing)?;
        let concerned =
            actor.user() == Some(record.post.author) || actor.may(Permission::ModerateChat);
        if record.post.status == PostStatus::Visible || concerned {
            Ok(record)
        } else {
            Err(ChatError::Missing)
        }
    }

    /// What a room is called.
    pub async fn title(&self, actor: &Actor, room: &Room) -> Result<String, ChatError> {
        actor.require(Permission::Chat)?;
        Ok(self.heading(room).await?.1)
    }

    /// A post of one's own that one may still change.
    pub async fn changeable(&self, actor: &Actor, id: PostId) -> Result<PostRecord, ChatError> {
        let author = actor.user().ok_or(Denied)?;
        let record = self.find(actor, id).await?;
        record.post.changeable(author, self.clock.now())?;
        Ok(record)
    }

    /// Changes what one said oneself.
    pub async fn edit(&self, actor: &Actor, id: PostId, text: &str) -> Result<(), PostError> {
        actor.require(Permission::Chat)?;
        let author = actor.user().ok_or(Denied)?;
        let body: PostBody = text.parse()?;
        // What stood there before is no repeat of itself.
        let mut known = self.store.author(author, self.clock.now()).await?;
        known.recent.clear();
        let held_for = judge(&body, &known);
        let mentions = mentions(body.as_str(), &self.names().await?);
        let change = PostChange::Edit { body, mentions, held_for };
        Ok(self.change(author, id, &change).await?)
    }

    /// Takes back what one said oneself.
    pub async fn take_back(&self, actor: &Actor, id: PostId) -> Result<(), ChatError> {
        actor.require(Permission::Chat)?;
        let author = actor.user().ok_or(Denied)?;
        self.change(author, id, &PostChange::TakeBack).await
    }

    /// Lets a post be seen.
    pub async fn approve(&self, actor: &Actor, id: PostId) -> Result<(), ChatError> {
        let by = Self::moderator(actor)?;
        self.change(by, id, &PostChange::Approve).await
    }

    /// Removes a post of somebody else, with a reason that its author reads.
    pub async fn remove(&self, actor: &Actor, id: PostId, why: &str) -> Result<(), ChatError> {
        let by = Self::moderator(actor)?;
        let reason: Note = why.parse()?;
        self.change(by, id, &PostChange::Remove { reason }).await
    }

    /// What waits for a decision, and what was decided lately.
    pub async fn queue(
        &self,
        actor: &Actor,
    ) -> Result<(Vec<PostRecord>, Vec<PostRecord>), ChatError> {
        actor.require(Permission::ModerateChat)?;
        Ok((self.store.waiting().await?, self.store.decided().await?))
    }

    /// Notes how far somebody has read in a room.
    pub async fn mark_read(&self, actor: &Actor, room: &Room, seq: i64) -> Result<(), ChatError> {
        actor.require(Permission::Chat)?;
        let reader = actor.user().ok_or(Denied)?;
        let Some((last, _)) = self.store.room(room).await? else {
            return Err(ChatError::Missing);
        };
        Ok(self.store.mark_read(reader, room, seq.clamp(0, last)).await?)
    }

    /// The newest posts with these words, or those older than one of them.
    pub async fn search(
        &self,
        actor: &Actor,
        words: &str,
        before: Option<PostId>,
    ) -> Result<FoundPage, ChatError> {
        actor.require(Permission::Chat)?;
        let mut page = FoundPage::begin(self.store.search(words, before).await?);
        let fleet = self.directory.snapshot();
        for one in &mut page.posts {
            if let Some(title) = fixed_title(&fleet, &one.record.post.room) {
                one.room = title;
            }
        }
        Ok(page)
    }

    /// What a mention that somebody has begun can become; nothing if it is none.
    pub async fn completions(
        &self,
        actor: &Actor,
        typed: &str,
    ) -> Result<Vec<Completion>, ChatError> {
        actor.require(Permission::Chat)?;
        let Some(begun) = Begun::read(typed) else { return Ok(Vec::new()) };
        let names = match begun {
            Begun::Person(_) => self.names().await?,
            Begun::Site(_) => {
                actor.require(Permission::ViewSites)?;
                Names { people: Vec::new(), fleet: self.directory.snapshot() }
            }
        };
        let sites = names.fleet.sites().map(|site| (&site.code, site.details.name.as_str()));
        Ok(begun.completions(&names.people, sites))
    }

    /// One of the team, as the card of a mention shows them.
    pub async fn person(&self, actor: &Actor, id: UserId) -> Result<Person, ChatError> {
        actor.require(Permission::Chat)?;
        let people = self.store.people().await?;
        people.into_iter().find(|person| person.id == id).ok_or(ChatError::Missing)
    }

    /// An anomaly and its site, as the card of a mention shows them.
    pub async fn anomaly(
        &self,
        actor: &Actor,
        id: AnomalyId,
    ) -> Result<(AnomalyRecord, Arc<Site>), ChatError> {
        actor.require(Permission::Chat)?;
        actor.require(Permission::ViewSites)?;
        let record = self.anomalies.find(id).await?.ok_or(ChatError::Missing)?;
        let fleet = self.directory.snapshot();
        let site = fleet.site(record.site).ok_or(ChatError::Missing)?;
        Ok((record, Arc::clone(site)))
    }

    /// The people one can name.
    pub async fn people(&self, actor: &Actor) -> Result<Vec<Person>, ChatError> {
        actor.require(Permission::Chat)?;
        Ok(self.store.people().await?)
    }

    fn moderator(actor: &Actor) -> Result<UserId, ChatError> {
        actor.require(Permission::ModerateChat)?;
        Ok(actor.user().ok_or(Denied)?)
    }

    const fn standing(&self, actor: &Actor) -> Standing {
        if self.demo {
            Standing::Visitor
        } else if actor.may(Permission::ModerateChat) {
            Standing::Moderator
        } else {
            Standing::Member
        }
    }

    async fn change(&self, by: UserId, id: PostId, change: &PostChange) -> Result<(), ChatError> {
        match self.store.change(by, id, self.clock.now(), change).await? {
            Changed::Done => Ok(()),
            Changed::Missing => Err(ChatError::Missing),
            Changed::Fixed(why) => Err(why.into()),
            Changed::Undecidable(why) => Err(why.into()),
        }
    }

    /// Place of the newest post of a room, and what the room is called. The
    /// room of an incident is there while the incident lasts, and for good
    /// once something was said in it.
    async fn heading(&self, room: &Room) -> Result<(i64, String), ChatError> {
        let fleet = self.directory.snapshot();
        let kept = self.store.room(room).await?;
        let last = kept.as_ref().map_or(0, |(last, _)| *last);
        if let Some(title) = fixed_title(&fleet, room) {
            return Ok((last, title));
        }
        if let Some((last, Some(title))) = kept {
            return Ok((last, title));
        }
        let Room::Incident(id) = room else { return Err(ChatError::Missing) };
        let incidents = self.anomalies.incidents().await?;
        let record = incidents.iter().find(|record| record.id == *id).ok_or(ChatError::Missing)?;
        let place = fleet.place_of(&record.incident.cause);
        Ok((0, format!("{}: {place}", record.incident.cause.kind().name())))
    }

    /// What a post can name.
    async fn names(&self) -> Result<Names, ChatError> {
        let people = self.store.people().await?;
        Ok(Names {
            people: people.into_iter().map(|person| (person.id, person.name)).collect(),
            fleet: self.directory.snapshot(),
        })
    }
}
