use uuid::Uuid;

use super::dto::Typed;

fn typed(body: &str) -> Typed {
    Typed::read(body.as_bytes())
}

const GOOD: &str = "name=Outages&severity=act_today&kind=outage&kind=comm_gap&region=north&least=12%2C50\
    &lasting=30&gather=5&quiet_from=22&quiet_to=6&to=a%40b.example%2C+c%40d.example%0D%0Aa%40b.example\
    &escalate_after=60&escalate_to=e%40f.example&tells_end=true&enabled=true";

#[test]
fn a_rule_survives_its_form() {
    let id = Uuid::from_u128(1).into();
    let rule = typed(GOOD).rule(id).unwrap();

    assert_eq!(rule.to.len(), 2);
    assert_eq!(rule.filter.kinds.len(), 2);
    assert_eq!(rule.filter.least_per_day.to_string(), "12.50");
    assert_eq!(Typed::of_rule(&rule).rule(id).unwrap(), rule);
}

#[test]
fn each_field_that_is_wrong_is_named() {
    let id = Uuid::from_u128(1).into();
    let body = "name=+&least=much&gather=x&quiet_from=25&quiet_to=3&to=nobody&region=a%2Fb\
        &escalate_to=e%40f.example";
    let errors = typed(body).rule(id).unwrap_err();

    let fields: Vec<&str> = errors.keys().copied().collect();
    assert_eq!(fields, ["escalate_after", "gather", "least", "name", "quiet_from", "region", "to"]);
}

#[test]
fn a_fresh_form_lacks_only_a_name_and_somebody_to_tell() {
    let errors = Typed::fresh().rule(Uuid::from_u128(1).into()).unwrap_err();

    assert_eq!(errors.keys().copied().collect::<Vec<_>>(), ["name", "to"]);
}

#[test]
fn an_inhibition_is_read_from_its_form_and_needs_a_reason() {
    let id = Uuid::from_u128(1).into();
    let body = "source_kind=comm_gap&target_kind=outage&target_severity=act_today&equal=site\
        &equal=brand&i_why=Silent";

    let inhibition = typed(body).inhibition(id).unwrap();
    let errors = typed("source_kind=volcano").inhibition(id).unwrap_err();

    assert_eq!(inhibition.equal.len(), 2);
    assert_eq!(Typed::of_inhibition(&inhibition).inhibition(id).unwrap(), inhibition);
    assert_eq!(inhibition.why.as_str(), "Silent");
    assert!(inhibition.source.kind.is_some() && inhibition.target.severity.is_some());
    assert_eq!(errors.keys().copied().collect::<Vec<_>>(), ["i_why", "source_kind"]);
}
