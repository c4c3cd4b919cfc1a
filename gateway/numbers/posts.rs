//! Numbers of the posts: UPU S10, whose last two letters name the issuing country.
//!
//! One form, a table of operators. The issuing post is known from a number,
//! the delivering one is not. Start with [`Posts`].

use std::collections::BTreeMap;

use parcelgate_kit::check_digit;
use serde::Deserialize;

use super::check::Verdict;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PostTable {
    services: Vec<ClassRow>,
    posts: Vec<(String, String, String)>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ClassRow {
    letters: String,
    name: String,
}

/// The posts of the world by country.
#[derive(Clone, Debug)]
pub(super) struct Posts {
    classes: BTreeMap<char, String>,
    posts: BTreeMap<String, (String, String)>,
}

/// An S10 number of a known post.
#[derive(Clone, Debug)]
pub(super) struct Postal<'p> {
    pub(super) country: &'p str,
    pub(super) courier: &'p str,
    pub(super) name: &'p str,
    /// What the first letter says, its two letters first.
    pub(super) class: Option<(String, &'p str)>,
    pub(super) verdict: Verdict,
}

impl Posts {
    pub(super) fn parse(text: &str) -> Result<Self, toml::de::Error> {
        let table: PostTable = toml::from_str(text)?;
        let classes = table
            .services
            .iter()
            .flat_map(|class| class.letters.chars().map(|letter| (letter, class.name.clone())));
        Ok(Self {
            classes: classes.collect(),
            posts: table.posts.into_iter().map(|(country, id, name)| (country, (id, name))).collect(),
        })
    }

    /// Country, courier and name of every post.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &str, &str)> {
        self.posts.iter().map(|(country, (id, name))| (country.as_str(), id.as_str(), name.as_str()))
    }

    /// Whose a number is; `None` when it is no S10 number or ends with letters of no country.
    pub(super) fn read(&self, number: &str) -> Option<Postal<'_>> {
        let (letters, digits, country) = (number.get(..2)?, number.get(2..11)?, number.get(11..)?);
        let shaped = number.len() == 13
            && letters.bytes().all(|b| b.is_ascii_uppercase())
            && digits.bytes().all(|b| b.is_ascii_digit());
        let (country, (courier, name)) = self.posts.get_key_value(country).filter(|_| shaped)?;
        let class = letters.chars().next().and_then(|first| self.classes.get(&first));
        Some(Postal {
            country,
            courier,
            name,
            class: class.map(|class| (letters.to_owned(), class.as_str())),
            verdict: Verdict::of(check_digit::s10(number)),
        })
    }
}
