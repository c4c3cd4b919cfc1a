//! What is known of each language's words: the files in `lexicon/`, read once.
//!
//! The files are data: a phrase is added there, never in code. `[section]` heads a section and `//` a remark; a section of
//! words has them with spaces between, one of phrases has a [`Pattern`] a line. Start at [`Lexicon::of`].

use std::collections::BTreeSet;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::language::Language;
use super::pattern::Pattern;
use super::text::{Joint, NUMBER, Token};

const EN: &str = include_str!("lexicon/en.txt");
const FR: &str = include_str!("lexicon/fr.txt");
const DE: &str = include_str!("lexicon/de.txt");
const IT: &str = include_str!("lexicon/it.txt");
const ES: &str = include_str!("lexicon/es.txt");
const ES_MX: &str = include_str!("lexicon/es_mx.txt");

/// The way in which phrases become an answer; it grows when the code of the reading changes what it finds.
const READING: u32 = 1;

/// Names the lexicons and the way of reading: it changes whenever the same comment could be read otherwise.
pub fn lexicon_version() -> &'static str {
    static VERSION: LazyLock<String> = LazyLock::new(|| {
        let mut hash = Sha256::new();
        for text in [EN, FR, DE, IT, ES, ES_MX] {
            hash.update(text);
            hash.update([0]);
        }
        let digest = hex::encode(hash.finalize());
        format!("{READING}.{}", digest.get(..8).unwrap_or_default())
    });
    &VERSION
}

/// What a phrase is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Topic {
    /// The order did not come.
    Absent,
    /// It came late, or takes long.
    Late,
    /// It came in time, or was not late.
    OnTime,
    /// What the goods are like or cost.
    Goods,
    /// The goods are damaged, wrong, false or not complete.
    Condition,
    /// How the seller behaved.
    Service,
    /// Praise that does not say of what.
    Praise,
    /// Nothing that matters: displeasure, the wish for the money back, what the delay spoilt.
    Neutral,
}

impl Topic {
    fn find(section: &str) -> Option<Topic> {
        Some(match section {
            "absent" => Topic::Absent,
            "late" => Topic::Late,
            "on_time" => Topic::OnTime,
            "goods" => Topic::Goods,
            "condition" => Topic::Condition,
            "service" => Topic::Service,
            "praise" => Topic::Praise,
            "neutral" => Topic::Neutral,
            _ => return None,
        })
    }

    /// Whether it is about lateness or non-arrival.
    pub(super) fn is_delivery(self) -> bool {
        matches!(self, Topic::Absent | Topic::Late)
    }

    /// Whether it is about the goods or the seller.
    pub(super) fn is_foreign(self) -> bool {
        matches!(self, Topic::Goods | Topic::Condition | Topic::Service)
    }
}

/// A phrase of the lexicon.
#[derive(Debug)]
pub(super) struct Entry {
    /// Names it: language, topic and the phrase itself.
    pub(super) id: String,
    /// What it is about.
    pub(super) topic: Topic,
    /// The phrase.
    pub(super) pattern: Pattern,
}

/// Words, whole or by their beginning.
#[derive(Debug, Default)]
struct Words {
    whole: BTreeSet<String>,
    begins: Vec<String>,
}

impl Words {
    fn take(&mut self, line: &str) {
        for word in line.split_whitespace() {
            match word.strip_suffix('*') {
                Some(begin) => self.begins.push(begin.to_owned()),
                None => {
                    self.whole.insert(word.to_owned());
                }
            }
        }
    }

    fn has(&self, word: &str) -> bool {
        self.whole.contains(word) || self.begins.iter().any(|begin| word.starts_with(begin.as_str()))
    }
}

/// What is known of a language's words.
#[derive(Debug, Default)]
pub(super) struct Lexicon {
    small: Words,
    contrast: Words,
    and: Words,
    negation: Words,
    determiner: Words,
    filler: Words,
    context: Words,
    /// Every phrase.
    pub(super) entries: Vec<Entry>,
    /// Lines that could not be read, for the test that there are none.
    pub(super) problems: Vec<String>,
}

impl Lexicon {
    /// The lexicon of a language.
    pub(super) fn of(language: Language) -> &'static Lexicon {
        static ENGLISH: LazyLock<Lexicon> = LazyLock::new(|| Lexicon::read(&[("en", EN)]));
        static FRENCH: LazyLock<Lexicon> = LazyLock::new(|| Lexicon::read(&[("fr", FR)]));
        static GERMAN: LazyLock<Lexicon> = LazyLock::new(|| Lexicon::read(&[("de", DE)]));
        static ITALIAN: LazyLock<Lexicon> = LazyLock::new(|| Lexicon::read(&[("it", IT)]));
        static SPANISH: LazyLock<Lexicon> = LazyLock::new(|| Lexicon::read(&[("es", ES)]));
        static MEXICAN: LazyLock<Lexicon> = LazyLock::new(|| Lexicon::read(&[("es", ES), ("es-MX", ES_MX)]));
        match language {
            Language::English => &ENGLISH,
            Language::French => &FRENCH,
            Language::German => &GERMAN,
            Language::Italian => &ITALIAN,
            Language::Spanish => &SPANISH,
            Language::MexicanSpanish => &MEXICAN,
        }
    }

    fn read(files: &[(&str, &str)]) -> Lexicon {
        let mut lexicon = Lexicon::default();
        for (tag, text) in files {
            let mut section = "";
            for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("//"))
            {
                match line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
                    Some(name) => section = name,
                    None if lexicon.take(tag, section, line) => {}
                    None => lexicon.problems.push(format!("{tag} [{section}] {line}")),
                }
            }
        }
        lexicon
    }

    /// Takes a line; false when it cannot be read.
    fn take(&mut self, tag: &str, section: &str, line: &str) -> bool {
        let words = match section {
            "small" => &mut self.small,
            "contrast" => &mut self.contrast,
            "and" => &mut self.and,
            "negation" => &mut self.negation,
            "determiner" => &mut self.determiner,
            "filler" => &mut self.filler,
            "context" => &mut self.context,
            _ => {
                let (Some(topic), Some(pattern)) = (Topic::find(section), Pattern::read(line)) else {
                    return false;
                };
                let id = format!("{tag}.{section}.{}", line.replace(' ', "_"));
                self.entries.push(Entry { id, topic, pattern });
                return true;
            }
        };
        words.take(line);
        true
    }

    /// Whether a word is one of the small ones by which the language is known.
    pub(super) fn is_small(&self, word: &str) -> bool {
        self.small.has(word)
    }

    /// How a word joins clauses, when it does.
    pub(super) fn joint(&self, word: &str) -> Option<Joint> {
        if self.contrast.has(word) {
            return Some(Joint::Contrast);
        }
        self.and.has(word).then_some(Joint::And)
    }

    /// Whether a word turns a meaning around.
    pub(super) fn is_negation(&self, token: &Token) -> bool {
        self.negation.has(&token.word)
    }

    /// Whether a word stands before a noun.
    pub(super) fn is_determiner(&self, token: &Token) -> bool {
        self.determiner.has(&token.word)
    }

    /// Whether a word says nothing by itself.
    pub(super) fn is_filler(&self, token: &Token) -> bool {
        token.word == NUMBER || self.filler.has(&token.word) || self.determiner.has(&token.word)
    }

    /// Whether a word belongs to any story of a delivery: the parcel, the carrier, days, who was asked.
    pub(super) fn is_context(&self, token: &Token) -> bool {
        self.context.has(&token.word)
    }
}
