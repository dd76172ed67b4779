/// Why a field cannot be taken as typed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Problem {
    /// What is wrong and how to write it, in a sentence without its full stop.
    pub message: String,
    /// What was probably meant, to be filled in by a button.
    pub suggestion: Option<String>,
}

impl Problem {
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), suggestion: None }
    }

    pub(super) fn suggest(self, text: impl Into<String>) -> Self {
        Self { suggestion: Some(text.into()), ..self }
    }
}
