use greengrid_domain::ingestion::Quota;

use super::dto::PlanDto;

fn plan(minute: &str, day: &str, month: &str) -> PlanDto {
    let [minute, day, month] = [minute, day, month].map(str::to_owned);
    PlanDto { minute, day, month }
}

#[test]
fn a_plan_is_read_as_it_is_written() {
    let quota = Quota { per_minute: 10, per_day: None, per_month: Some(2_000) };

    assert_eq!(plan("10", "", "2,000").quota(), Ok(quota));
    assert_eq!(PlanDto::of(quota), plan("10", "", "2000"));
}

#[test]
fn each_limit_that_is_none_is_told_at_its_place() {
    let errors = plan("", "0", "many").quota().unwrap_err();

    assert!(errors.minute.is_some_and(|words| words.contains("every plan")));
    assert!(errors.day.is_some() && errors.month.is_some());
    let errors = plan("10", "", "99999999999").quota().unwrap_err();
    assert!(errors.minute.is_none() && errors.month.is_some());
}
