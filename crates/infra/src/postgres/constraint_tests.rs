//! The words the database accepts are those the enums have.

use std::collections::BTreeSet;

use greengrid_app::customer::TakeoutState;
use greengrid_app::ingestion::Source;
use greengrid_app::monitoring::alerts::NoticeState;
use greengrid_domain::chat::{HeldFor, PostStatus};
use greengrid_domain::customer::{NoticeKind, SiteRole};
use greengrid_domain::fleet::{Brand, DeviceKind};
use greengrid_domain::identity::{LinkPurpose, Role};
use greengrid_domain::ingestion::{Cause, Quality, Remark};
use greengrid_domain::messages::{DeliveryState, LetterKind, LetterState};
use greengrid_domain::monitoring::alert::{AlertChange, AlertEvent, Severity};
use greengrid_domain::monitoring::incident::IncidentKind;
use greengrid_domain::monitoring::{
    AnomalyEvent, AnomalyKind, Confidence, Dismissal, NextStep, Phase, Rung, Status,
};
use greengrid_domain::observability::AuditSubject;
use greengrid_domain::onboarding::{Happened, Stage};
use greengrid_domain::units::Currency;
use strum::IntoEnumIterator;

use super::testing::TestDatabase;

/// Words between single quotes in a check constraint's definition.
async fn words(db: &TestDatabase, constraint: &str) -> BTreeSet<String> {
    let definition: String = sqlx::query_scalar(
        "select pg_get_constraintdef(oid) from pg_constraint where conname = $1 limit 1",
    )
    .bind(constraint)
    .fetch_one(&db.pool())
    .await
    .unwrap_or_else(|error| panic!("{constraint}: {error}"));
    definition.split('\'').skip(1).step_by(2).map(str::to_owned).collect()
}

fn of<E: IntoEnumIterator + ToString>() -> BTreeSet<String> {
    E::iter().map(|variant| variant.to_string()).collect()
}

#[tokio::test]
async fn check_constraints_and_enums_hold_the_same_words() {
    let db = TestDatabase::from_template().await;
    // Who works on it is kept beside the stage.
    let mut stages = of::<Phase>();
    stages.remove("assigned");

    for (constraint, variants) in [
        ("app_user_role_check", of::<Role>()),
        ("single_use_link_purpose_check", of::<LinkPurpose>()),
        ("audit_entry_subject_check", of::<AuditSubject>()),
        ("site_person_role_check", of::<SiteRole>()),
        ("notice_unwanted_kind_check", of::<NoticeKind>()),
        ("notice_written_kind_check", of::<NoticeKind>()),
        ("takeout_state_check", of::<TakeoutState>()),
        ("site_brand_check", of::<Brand>()),
        ("site_currency_check", of::<Currency>()),
        ("device_kind_check", of::<DeviceKind>()),
        ("event_batch_source_check", of::<Source>()),
        ("connection_brand_check", of::<Brand>()),
        ("onboarding_case_stage_check", of::<Stage>()),
        ("onboarding_history_what_check", of::<Happened>()),
        ("connection_cause_check", of::<Cause>()),
        ("connection_remark_remark_check", of::<Remark>()),
        ("vendor_device_kind_check", of::<DeviceKind>()),
        ("vendor_credential_brand_check", of::<Brand>()),
        ("overview_row_status_check", of::<Status>()),
        ("overview_row_kind_check", of::<AnomalyKind>()),
        ("overview_row_next_step_check", of::<NextStep>()),
        ("anomaly_kind_check", of::<AnomalyKind>()),
        ("alert_change_event_check", of::<AlertChange>()),
        ("anomaly_next_step_check", of::<NextStep>()),
        ("anomaly_confidence_check", of::<Confidence>()),
        ("anomaly_rung_check", of::<Rung>()),
        ("anomaly_stage_check", stages),
        ("anomaly_currency_check", of::<Currency>()),
        ("anomaly_dismissal_check", of::<Dismissal>()),
        ("anomaly_history_event_check", of::<AnomalyEvent>()),
        ("quiet_pattern_kind_check", of::<AnomalyKind>()),
        ("quiet_pattern_why_check", of::<Dismissal>()),
        ("incident_kind_check", of::<IncidentKind>()),
        ("alert_rule_severity_check", of::<Severity>()),
        ("alert_notice_event_check", of::<AlertEvent>()),
        ("alert_notice_state_check", of::<NoticeState>()),
        ("chat_post_status_check", of::<PostStatus>()),
        ("chat_post_held_for_check", of::<HeldFor>()),
        ("mail_letter_kind_check", of::<LetterKind>()),
        ("mail_letter_state_check", of::<LetterState>()),
        ("webhook_delivery_state_check", of::<DeliveryState>()),
    ] {
        assert_eq!(words(&db, constraint).await, variants, "{constraint}");
    }
}

#[tokio::test]
async fn the_quality_type_holds_the_classes_in_order() {
    let db = TestDatabase::from_template().await;

    let labels: Vec<String> = sqlx::query_scalar(
        "select enumlabel::text from pg_enum join pg_type on pg_type.oid = enumtypid
         where typname = 'reading_quality' order by enumsortorder",
    )
    .fetch_all(&db.pool())
    .await
    .unwrap();

    assert_eq!(labels, Quality::iter().map(|class| class.to_string()).collect::<Vec<_>>());
}
