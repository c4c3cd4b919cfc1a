//! Failures in words: what, which fields, why, what to do.

use tonic::Status;
use tonic_types::StatusExt;

use super::show;

/// Tells `error` on standard error.
pub(super) fn tell(error: &anyhow::Error) {
    match error.downcast_ref::<Status>() {
        Some(status) => lines(status).iter().for_each(show::note),
        None => show::note(format!("error: {error:#}")),
    }
}

fn lines(status: &Status) -> Vec<String> {
    let details = status.get_error_details();
    let reason = details.error_info().map(|info| info.reason.clone()).unwrap_or_default();
    let code = if reason.is_empty() { format!("{:?}", status.code()) } else { reason };
    let fields = details.bad_request().map(|bad| bad.field_violations.clone()).unwrap_or_default();
    if fields.is_empty() {
        let mut lines = vec![format!("{code}: {}", status.message())];
        if let Some(delay) = details.retry_info().and_then(|retry| retry.retry_delay) {
            lines.push(format!("  try again in {} seconds", delay.as_secs()));
        }
        if status.code() == tonic::Code::Unavailable && details.error_info().is_none() {
            lines.push("  is a gateway running there? `parcelgate serve --sandbox` starts one".to_owned());
        }
        return lines;
    }
    let mut lines = vec![format!("{code}: {} of the request's fields are wrong", fields.len())];
    lines.extend(fields.iter().map(|bad| format!("  {}: {}", bad.field, bad.description)));
    lines
}

#[cfg(test)]
mod tests {
    use tonic::Code;
    use tonic_types::{ErrorDetails, StatusExt};

    use super::*;

    #[test]
    fn every_bad_field_has_its_line() {
        let mut details = ErrorDetails::new();
        details.add_bad_request_violation("ship_to.city", "must not be empty");
        details.add_bad_request_violation("parcels", "has 0 parcels");
        details.set_error_info("INVALID_REQUEST", "parcelgate", std::collections::HashMap::new());
        let status = Status::with_error_details(Code::InvalidArgument, "bad", details);
        let lines = lines(&status);
        assert_eq!(lines.len(), 3);
        assert!(
            lines[0].starts_with("INVALID_REQUEST: 2 ") && lines[1].contains("ship_to.city: must"),
            "{lines:?}"
        );
    }
}
