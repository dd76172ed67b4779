use maud::{Markup, html};

/// How a receiver checks that a message is ours, with nothing but what Python
/// brings along.
const CHECK: &str = r#"import base64, hashlib, hmac, time

def is_ours(secret, headers, body):
    """secret: whsec_…; headers: with names in lower case; body: the raw bytes."""
    sent_at = headers["webhook-timestamp"]
    if abs(time.time() - int(sent_at)) > 300:
        return False
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{sent_at}.".encode() + body
    right = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    given = headers["webhook-signature"].split(" ")
    return any(hmac.compare_digest(right, signature) for signature in given)
"#;

/// What the program at the other end has to know.
pub(super) fn guide() -> Markup {
    html! {
        section .section .section--apart aria-labelledby="h-guide" {
            div .section__head { h2 #h-guide { "For whoever writes the other end" } }
            p .measure {
                "Messages follow the "
                a href="https://www.standardwebhooks.com" rel="noreferrer" { "Standard Webhooks" }
                " specification, so its libraries can check them. Each is a " code { "POST" } " of JSON with "
                code { "type" } ", " code { "timestamp" } " and " code { "data" } "."
            }
            ul .measure {
                li { "Answer with a status of 200 to 299 within 20 seconds. Anything else is tried again after half a minute, then less and less often, for five days." }
                li { "The same message may come twice: both have the same " code { "webhook-id" } "." }
                li { "Ask for a break by a header " code { "Retry-After" } ", in seconds or as a date: the message comes when it is over, after a day at the latest." }
                li { "Answer with 410 when nothing is wanted any more: the webhook is then told nothing until somebody switches it on again." }
                li { "While a new secret follows the old one, " code { "webhook-signature" } " holds two signatures with a space between; one that fits is enough." }
                li { "Of redirects only 307 and 308 are followed." }
            }
            details {
                summary .btn { "How to check that a message is ours, in Python" }
                div .raw { pre tabindex="0" role="region" aria-label="Python code" { (CHECK) } }
            }
        }
    }
}
