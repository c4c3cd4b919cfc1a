//! The languages in which comments are understood, and how the language of one is found.
//!
//! Start at [`Language::of`]. A language that is not here is not guessed at: its comments are not understood.

use serde::{Deserialize, Serialize};

use super::lexicon::Lexicon;
use super::text;
use crate::policy::Marketplace;

/// A language in which comments are understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Language {
    /// English.
    #[serde(rename = "en")]
    English,
    /// French.
    #[serde(rename = "fr")]
    French,
    /// German.
    #[serde(rename = "de")]
    German,
    /// Italian.
    #[serde(rename = "it")]
    Italian,
    /// Spanish.
    #[serde(rename = "es")]
    Spanish,
    /// Spanish as it is written in Mexico.
    #[serde(rename = "es-MX")]
    MexicanSpanish,
}

/// How the language of a comment is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum KnownBy {
    /// Whoever asked said so.
    Told,
    /// By its small words.
    Guessed,
    /// Too few small words: the marketplace's own language was taken.
    Marketplace,
}

/// So many small words of one language, more than of any other, are enough to go against the marketplace's own.
const ENOUGH: usize = 2;

impl Language {
    /// Every language.
    pub const ALL: [Language; 6] = [
        Language::English,
        Language::French,
        Language::German,
        Language::Italian,
        Language::Spanish,
        Language::MexicanSpanish,
    ];

    /// Its tag by BCP 47.
    pub fn tag(self) -> &'static str {
        match self {
            Language::English => "en",
            Language::French => "fr",
            Language::German => "de",
            Language::Italian => "it",
            Language::Spanish => "es",
            Language::MexicanSpanish => "es-MX",
        }
    }

    /// The language of a tag such as `de`, `de-AT` or `es_MX`, in any letter case; none when comments in it are not
    /// understood.
    pub fn find(tag: &str) -> Option<Language> {
        let tag = tag.trim().replace('_', "-").to_ascii_lowercase();
        if tag == "es-mx" {
            return Some(Language::MexicanSpanish);
        }
        let base = tag.split('-').next().unwrap_or_default();
        Language::ALL.into_iter().find(|language| language.tag() == base)
    }

    /// The languages that a marketplace is written in, its main one first; none where comments are not understood.
    pub fn spoken_on(market: &Marketplace) -> &'static [Language] {
        match market.country {
            "US" | "GB" => &[Language::English],
            "CA" => &[Language::English, Language::French],
            "FR" => &[Language::French],
            "DE" => &[Language::German],
            "IT" => &[Language::Italian],
            "ES" => &[Language::Spanish],
            "MX" => &[Language::MexicanSpanish],
            _ => &[],
        }
    }

    /// The language of a comment on a marketplace; none when neither its words nor the marketplace tell.
    pub fn of(comment: &str, market: &Marketplace) -> Option<(Language, KnownBy)> {
        let spoken = Language::spoken_on(market);
        let counted = Language::ALL.map(|language| (small_words(comment, language), language));
        let most = counted.iter().map(|(count, _)| *count).max().unwrap_or_default();
        let best: Vec<Language> =
            counted.iter().filter(|(count, _)| *count == most).map(|(_, language)| *language).collect();
        let expected = spoken.first().copied().map(|language| (language, KnownBy::Marketplace));
        if most < ENOUGH {
            return expected;
        }
        // Both kinds of Spanish have the same small words, and so a tie: the marketplace tells them apart.
        match spoken.iter().find(|language| best.contains(language)) {
            Some(language) => Some((*language, KnownBy::Guessed)),
            None => match best.as_slice() {
                [one] => Some((*one, KnownBy::Guessed)),
                [Language::Spanish, Language::MexicanSpanish] => {
                    let spain = market.country != "US" && market.country != "CA";
                    let which = if spain { Language::Spanish } else { Language::MexicanSpanish };
                    Some((which, KnownBy::Guessed))
                }
                _ => expected,
            },
        }
    }
}

/// How many of a comment's words are small words of a language.
fn small_words(comment: &str, language: Language) -> usize {
    let lexicon = Lexicon::of(language);
    let clauses = text::clauses(comment, language, |_| None);
    clauses.iter().flat_map(|clause| &clause.tokens).filter(|token| lexicon.is_small(&token.word)).count()
}
