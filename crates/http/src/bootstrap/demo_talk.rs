use greengrid_app::actor::Actor;
use greengrid_app::chat::{ChatError, PostError, WritePost};
use greengrid_app::error::StoreError;
use greengrid_domain::chat::Room;
use greengrid_domain::identity::Role;
use greengrid_infra::demo::DemoFleet;
use jiff::SignedDuration;

use super::Core;

/// Something that was said: minutes before the demo opens, who, in which
/// region or else in the lobby, and what. `{…}` is the site of that name.
type Said = (i64, Role, Option<&'static str>, &'static str);

const CENTRAL: Option<&str> = Some("central");
const NORTH: Option<&str> = Some("north");
const SOUTH: Option<&str> = Some("south");

const SAID: [Said; 11] = [
    (
        1_130,
        Role::Cs,
        None,
        "Hazel Lane 89 is stuck: the key lacks rights, and the installer is back on Monday.",
    ),
    (
        1_105,
        Role::Admin,
        None,
        "The Enphase partner account is in. Its first sites are polled since this afternoon.",
    ),
    (
        1_040,
        Role::Ops,
        CENTRAL,
        "{Harbour Cold Store} lost one of four inverters at a quarter past one. The technician \
         can be there on Monday at nine.",
    ),
    (
        1_020,
        Role::Ops,
        SOUTH,
        "No readings from {Meadow View School} since Wednesday. @Carla could you ask the \
         caretaker whether the router was changed?",
    ),
    (
        980,
        Role::Cs,
        SOUTH,
        "It was: new router on Wednesday. He plugs the gateway in again when he is back in the \
         building.",
    ),
    (
        215,
        Role::Ops,
        None,
        "Morning. Six sites in the reports, and nothing that we did not know yesterday evening.",
    ),
    (
        190,
        Role::Ops,
        NORTH,
        "{Eastgate Retail Park} misses more than a third since sunrise, evenly over the day: \
         strings or a fuse.",
    ),
    (
        150,
        Role::Ops,
        None,
        "{Alder Dairy Farm} is off since a quarter past seven, but its devices answer. @Carla \
         will you ring Jane Alder? The breaker may have tripped.",
    ),
    (
        138,
        Role::Cs,
        None,
        "Rang her. She is in the milking parlour until eleven and looks at the board then.",
    ),
    (
        60,
        Role::Cs,
        NORTH,
        "{Castle View Flats} called about their bill. I sent them to their page: it says it all.",
    ),
    (
        25,
        Role::Ops,
        None,
        "{Pier 9 Offices} is silent since half past nine. It does that now and then; I wait until \
         eleven.",
    ),
];

/// Has the team say what led to this morning, unless anything was said yet.
pub(super) async fn ensure(core: &Core, fleet: &DemoFleet) -> Result<(), StoreError> {
    let people = core.identity().users(&Actor::System).await.map_err(StoreError::new)?;
    let actor = |role: Role| {
        let found = people.iter().find(|it| it.user.role == role)?;
        Some(Actor::User { id: found.user.id, role })
    };
    let Some(reader) = actor(Role::Ops) else { return Ok(()) };
    let inbox = core.chat.inbox(&reader).await.map_err(StoreError::new)?;
    if inbox.rooms.iter().any(|room| room.last_seq > 0) {
        return Ok(());
    }
    let now = core.clock.now();
    for (minutes, role, region, text) in SAID {
        let (Some(author), Some(text)) = (actor(role), with_codes(fleet, text)) else { continue };
        let room = match region.map(str::parse).transpose().map_err(StoreError::new)? {
            Some(region) => Room::Region(region),
            None => Room::Lobby,
        };
        let chat = core.chat_at(now - SignedDuration::from_mins(minutes));
        let post = WritePost { room, id: chat.next_id(), text };
        match chat.post(&author, post).await {
            // A small fleet may not be in every region.
            Ok(_) | Err(PostError::Chat(ChatError::Missing)) => {}
            Err(error) => return Err(StoreError::new(error)),
        }
    }
    Ok(())
}

/// The text with the codes of its sites beside their names; none where the
/// fleet is too small for them.
fn with_codes(fleet: &DemoFleet, text: &str) -> Option<String> {
    let Some((before, rest)) = text.split_once('{') else { return Some(text.to_owned()) };
    let (name, after) = rest.split_once('}')?;
    let code = &fleet.named(name)?.code;
    Some(format!("{before}{name} #{code}{after}"))
}
