use greengrid_app::ids::Ids;
use uuid::Uuid;

/// Ids that sort by age and cannot be foreseen.
#[derive(Debug, Clone, Copy, Default)]
pub struct RandomIds;

impl Ids for RandomIds {
    fn uuid(&self) -> Uuid {
        Uuid::now_v7()
    }
}
