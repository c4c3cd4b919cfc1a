//! Reads JSON requests by path, without types.

use serde_json::Value;

/// The value at a path such as `Shipment.Package.0.Weight`; `None` when there
/// is none.
pub fn json_at<'a>(value: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('.').try_fold(value, |here, step| match step.parse::<usize>() {
        Ok(index) if here.is_array() => here.get(index),
        _ => here.get(step),
    })
}

/// The text at a path, `""` when there is none. A number is shown as text.
pub fn json_text(value: &Value, path: &str) -> String {
    match json_at(value, path) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    }
}
