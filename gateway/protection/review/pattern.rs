//! The patterns that a lexicon is written in, and where they stand in a clause.
//!
//! A pattern is words with spaces between. A word may end in `*` (any ending) or `?` (may be absent), may be several with
//! `|` between, and `~` stands for up to three words of any kind. Start at [`Pattern::read`].

use super::text::Token;

/// Most words that a `~` stands for.
const GAP: usize = 3;

/// A pattern.
#[derive(Debug, Clone)]
pub(super) struct Pattern {
    parts: Vec<Part>,
}

#[derive(Debug, Clone)]
enum Part {
    /// One of these, where it must be there or not.
    Word { any: Vec<Form>, may_lack: bool },
    /// Up to [`GAP`] words.
    Gap,
}

#[derive(Debug, Clone)]
enum Form {
    Whole(String),
    Begins(String),
}

impl Form {
    fn read(text: &str) -> Form {
        match text.strip_suffix('*') {
            Some(begin) => Form::Begins(begin.to_owned()),
            None => Form::Whole(text.to_owned()),
        }
    }

    fn is(&self, word: &str) -> bool {
        match self {
            Form::Whole(whole) => whole == word,
            Form::Begins(begin) => word.starts_with(begin.as_str()),
        }
    }
}

impl Pattern {
    /// Reads a pattern; none when it has no word that must be there, and would stand everywhere.
    pub(super) fn read(text: &str) -> Option<Pattern> {
        let parts: Vec<Part> = text.split_whitespace().map(Part::read).collect();
        let is_bound = parts.iter().any(|part| matches!(part, Part::Word { may_lack: false, .. }));
        let has_empty =
            |form: &Form| matches!(form, Form::Whole(text) | Form::Begins(text) if text.is_empty());
        let is_whole =
            !parts.iter().any(|part| matches!(part, Part::Word { any, .. } if any.iter().any(has_empty)));
        (is_bound && is_whole).then_some(Pattern { parts })
    }

    /// The words that it covers where it stands at a place; those of gaps are not covered.
    pub(super) fn at(&self, tokens: &[Token], start: usize) -> Option<Vec<usize>> {
        let mut covered = Vec::new();
        follow(&self.parts, tokens, start, &mut covered).then_some(covered)
    }
}

impl Part {
    fn read(text: &str) -> Part {
        if text == "~" {
            return Part::Gap;
        }
        let (text, may_lack) = match text.strip_suffix('?') {
            Some(text) => (text, true),
            None => (text, false),
        };
        Part::Word { any: text.split('|').map(Form::read).collect(), may_lack }
    }
}

/// Follows the parts from a place on. What may be absent is taken where it stands.
fn follow(parts: &[Part], tokens: &[Token], at: usize, covered: &mut Vec<usize>) -> bool {
    let Some((part, rest)) = parts.split_first() else { return true };
    match part {
        Part::Gap => (0..=GAP).any(|skipped| follow(rest, tokens, at + skipped, covered)),
        Part::Word { any, may_lack } => {
            let stands = tokens.get(at).is_some_and(|token| any.iter().any(|form| form.is(&token.word)));
            if stands {
                covered.push(at);
                if follow(rest, tokens, at + 1, covered) {
                    return true;
                }
                covered.pop();
            }
            *may_lack && follow(rest, tokens, at, covered)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::language::Language;
    use super::super::text;
    use super::*;

    fn covers(pattern: &str, words: &str) -> Option<Vec<usize>> {
        let clauses = text::clauses(words, Language::English, |_| None);
        (0..clauses[0].tokens.len()).find_map(|at| Pattern::read(pattern).unwrap().at(&clauses[0].tokens, at))
    }

    #[test]
    fn patterns_cover_their_words_and_not_their_gaps() {
        assert_eq!(covers("never ~ arriv*", "it never really has arrived"), Some(vec![1, 4]));
        assert_eq!(covers("never ~ arriv*", "never a b c d arrived"), None);
        assert_eq!(covers("not|never been? late", "not late"), Some(vec![0, 1]));
        assert_eq!(covers("# days", "12.5 days"), Some(vec![0, 1]));
        assert!(Pattern::read("a? ~").is_none());
        assert!(Pattern::read("a|").is_none());
    }
}
