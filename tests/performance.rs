//! Marketplaces' metrics: packages worked out by hand, and the page that says what the rules say.

#[cfg(test)]
#[path = "performance/page.rs"]
mod page;
#[cfg(test)]
#[path = "performance/sheet.rs"]
mod sheet;
#[path = "written_page.rs"]
mod written_page;
