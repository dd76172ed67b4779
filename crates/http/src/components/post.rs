/// What Datastar does in the place of a form’s own submission to an address.
pub(crate) fn post(to: &str) -> String {
    format!("@post('{to}', {{contentType: 'form'}})")
}
