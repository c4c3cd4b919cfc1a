//! Rule sets, and a file that changes them: what would be decided if a rule were another one.
//!
//! The file is TOML with `[[claim]]` and `[[review]]` rows; each takes the place of the published rows of its id, and a row
//! of an id that nobody published is an error. Start at [`RuleSets::changed_by`].

use serde::{Deserialize, Serialize};

use super::claim::{ClaimRule, ClaimRules};
use super::review::{ReviewRule, ReviewRules};

/// The rules that decide.
#[derive(Debug, Clone)]
pub struct RuleSets {
    /// About claims.
    pub claims: ClaimRules,
    /// About ratings.
    pub reviews: ReviewRules,
}

/// Why a rule file is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RuleFileError {
    /// It is not TOML of the expected form; says where.
    #[error("it cannot be read: {0}")]
    Unreadable(String),
    /// It has no row.
    #[error("it changes nothing: it needs `[[claim]]` or `[[review]]` rows")]
    Empty,
    /// A row of an id that nobody published.
    #[error("`{id}` is the id of no published `[[{table}]]` row; there are {known}")]
    UnknownRule {
        /// The table.
        table: &'static str,
        /// The id.
        id: String,
        /// The ids that there are.
        known: String,
    },
}

#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    claim: Vec<ClaimRule>,
    #[serde(default)]
    review: Vec<ReviewRule>,
}

impl RuleSets {
    /// The rules as they are known.
    pub fn published() -> RuleSets {
        RuleSets { claims: ClaimRules::published(), reviews: ReviewRules::published() }
    }

    /// The published rules with the rows of a file in the place of those of their ids.
    ///
    /// # Errors
    /// [`RuleFileError`].
    pub fn changed_by(text: &str) -> Result<RuleSets, RuleFileError> {
        let file: File =
            toml::from_str(text).map_err(|error| RuleFileError::Unreadable(error.to_string()))?;
        if file.claim.is_empty() && file.review.is_empty() {
            return Err(RuleFileError::Empty);
        }
        let published = Self::published();
        let mut claims = published.claims.rows().to_vec();
        replace("claim", &mut claims, file.claim, |rule| &rule.id)?;
        let mut reviews = published.reviews.rows().to_vec();
        replace("review", &mut reviews, file.review, |rule| &rule.id)?;
        Ok(RuleSets { claims: ClaimRules::of(claims), reviews: ReviewRules::of(reviews) })
    }

    /// The rows as a file has them, to be cut down to what is to be tried out.
    ///
    /// # Errors
    /// Never in practice: every row has a form in TOML.
    pub fn to_file(&self) -> Result<String, RuleFileError> {
        let file = File { claim: self.claims.rows().to_vec(), review: self.reviews.rows().to_vec() };
        toml::to_string(&file).map_err(|error| RuleFileError::Unreadable(error.to_string()))
    }
}

/// Puts rows in the place of those of their ids.
fn replace<T>(
    table: &'static str,
    rows: &mut Vec<T>,
    changed: Vec<T>,
    id: fn(&T) -> &String,
) -> Result<(), RuleFileError> {
    let published: Vec<String> = rows.iter().map(|row| id(row).clone()).collect();
    for row in &changed {
        if !published.contains(id(row)) {
            let known = published.join(", ");
            return Err(RuleFileError::UnknownRule { table, id: id(row).clone(), known });
        }
    }
    let first = |row: &T| rows.iter().position(|known| id(known) == id(row)).unwrap_or_default();
    let places: Vec<usize> = changed.iter().map(first).collect();
    let ids: Vec<String> = changed.iter().map(|row| id(row).clone()).collect();
    let mut kept: Vec<(usize, T)> = Vec::new();
    for (place, row) in std::mem::take(rows).into_iter().enumerate() {
        if !ids.contains(id(&row)) {
            kept.push((place, row));
        }
    }
    kept.extend(places.into_iter().zip(changed));
    kept.sort_by_key(|(place, _)| *place);
    rows.extend(kept.into_iter().map(|(_, row)| row));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::claim::Sets;
    use super::*;

    #[test]
    fn a_file_changes_what_it_names_and_nothing_else() {
        let published = RuleSets::published();
        let whole = published.to_file().unwrap();
        let again = RuleSets::changed_by(&whole).unwrap();
        assert_eq!(again.claims.version(), published.claims.version());
        assert_eq!(again.reviews.version(), published.reviews.version());
        let one = "[[claim]]\nid = \"CLP-06\"\nwords = \"within a day\"\nsets = { ANSWERS_WITHIN_HOURS = 24 }\n\
                   source = \"a proposal\"\nseen_on = \"2026-11-01\"\nconfidence = \"H\"\n";
        let changed = RuleSets::changed_by(one).unwrap();
        let rule = changed.claims.rows().iter().find(|rule| rule.id == "CLP-06").unwrap();
        assert_eq!(rule.sets, Sets::AnswersWithinHours(24));
        assert_eq!(changed.claims.rows().len(), published.claims.rows().len());
        assert_ne!(changed.claims.version(), published.claims.version());
        assert_eq!(changed.reviews.version(), published.reviews.version());
    }

    #[test]
    fn a_file_that_is_none_says_where() {
        assert_eq!(RuleSets::changed_by("").unwrap_err(), RuleFileError::Empty);
        let error = RuleSets::changed_by("[[claim]]\nid = 5\n").unwrap_err().to_string();
        assert!(error.contains("line 2"), "{error}");
        let unknown = "[[claim]]\nid = \"CLP-99\"\nwords = \"\"\nsets = \"HOLDS\"\nsource = \"\"\n\
                       seen_on = \"2026-11-01\"\nconfidence = \"L\"\n";
        let error = RuleSets::changed_by(unknown).unwrap_err().to_string();
        assert!(error.contains("`CLP-99`") && error.contains("CLP-01"), "{error}");
    }
}
