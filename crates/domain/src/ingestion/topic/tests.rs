use super::*;

fn rule(text: &str) -> TopicRule {
    text.parse().unwrap()
}

fn check(text: &str, topic: &str, expected: Option<(&str, Option<&str>)>) {
    let target = rule(text).target(topic);
    let seen = target
        .as_ref()
        .map(|target| (target.site.as_str(), target.device.as_ref().map(DeviceSerial::as_str)));
    assert_eq!(seen, expected, "{text} {topic}");
}

#[test]
fn a_topic_names_site_and_device_or_the_rule_does() {
    check("tele/{device}/SENSOR=ROOF-7", "tele/plug/SENSOR", Some(("ROOF-7", Some("plug"))));
    check("tele/plug/SENSOR=ROOF-7/p1", "tele/plug/SENSOR", Some(("ROOF-7", Some("p1"))));
    check("tele/plug/SENSOR=ROOF-7", "tele/plug/SENSOR", Some(("ROOF-7", None)));
    check("{site}/{device}/#", "ROOF-7/p1/status/switch:0", Some(("ROOF-7", Some("p1"))));
    check("+/{site}/relay/+", "shellies/ROOF-7/relay/0", Some(("ROOF-7", None)));
}

#[test]
fn other_topics_are_nobodys() {
    check("tele/{device}/SENSOR=ROOF-7", "tele/plug/STATE", None);
    check("tele/{device}/SENSOR=ROOF-7", "tele/plug", None);
    check("tele/{device}/SENSOR=ROOF-7", "tele/plug/SENSOR/more", None);
    check("{site}/power", "a site with spaces/power", None);
}

#[test]
fn what_is_subscribed_to_is_what_the_rule_is_about() {
    assert_eq!(rule("tele/{device}/SENSOR=ROOF-7").filter(), "tele/+/SENSOR");
    assert_eq!(rule("{site}/{device}/#").filter(), "+/+/#");
}

#[test]
fn a_rule_that_makes_no_sense_is_refused_with_the_reason() {
    let refused = |text: &str| text.parse::<TopicRule>().unwrap_err();

    assert!(matches!(refused("tele/#/SENSOR=a"), TopicRuleError::Pattern(_)));
    assert!(matches!(refused("tele//SENSOR=a"), TopicRuleError::Pattern(_)));
    assert!(matches!(refused("tele/{thing}=a"), TopicRuleError::Pattern(_)));
    assert!(matches!(refused("tele/{device}/SENSOR"), TopicRuleError::NoSite(_)));
    assert!(matches!(refused("{site}/SENSOR=a"), TopicRuleError::Twice(_)));
    assert!(matches!(refused("tele/{device}=a/b"), TopicRuleError::Twice(_)));
    assert!(matches!(refused("tele/x=no site"), TopicRuleError::Target(_)));
}

#[test]
fn a_rule_survives_its_text() {
    for text in ["tele/{device}/SENSOR=ROOF-7", "{site}/{device}/#", "a/+/b=ROOF-7/p1"] {
        assert_eq!(rule(text).to_string(), text);
    }
}
