//! The last page of the tour: every order in a line.

use std::path::Path;

use comfy_table::ColumnConstraint::ContentWidth;
use comfy_table::Table;

use super::super::{render, show};
use super::tour::Story;

/// Prints what became of every order, where the papers lie and what to try next.
pub(super) fn print(stories: &[Story], out: &Path) {
    show::line("\n=== What happened");
    show::line(table(stories).to_string());
    show::line(format!("The labels and the other papers lie in {}. To go on:", out.display()));
    show::line("  parcelgate serve --sandbox");
    show::line("  parcelgate rate examples/orders/cn-to-de-50-eur.json   (in another terminal)");
}

fn table(stories: &[Story]) -> Table {
    let headings = ["Order", "Carrier / service", "Price", "Tracking number", "Label", "Sent ids", "Status"];
    let mut table = render::table(&headings);
    for story in stories {
        let labels = story.labels.join("\n");
        let row = [
            story.order,
            &story.bought,
            &story.price,
            &story.number,
            &labels,
            &story.identifiers,
            &story.status,
        ];
        table.add_row(row);
    }
    // A number that is cut in two cannot be copied.
    for whole in [2, 3, 6] {
        if let Some(column) = table.column_mut(whole) {
            column.set_constraint(ContentWidth);
        }
    }
    table
}
