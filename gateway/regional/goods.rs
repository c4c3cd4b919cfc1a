//! What the rules read of the goods: descriptions, classes, values.
//!
//! Pure looks at the lines; no codes are given here.

use std::collections::BTreeSet;

use parcelgate_kit::model::HsCode;
use rust_decimal::Decimal;

use super::query::{GoodsLine, Query};

/// Words that say nothing about goods when they stand alone. Sources: the
/// European Commission's list of unacceptable descriptions and the posts'
/// published examples.
#[rustfmt::skip]
const VAGUE: &[&str] = &[
    "accessories", "appliances", "article", "articles", "assorted", "auto parts", "bags", "caps",
    "cargo", "chemicals", "clothes", "clothing", "apparel", "commodity", "consolidated", "cosmetics",
    "daily necessities", "device", "devices", "documents", "electronics", "equipment", "fak", "food",
    "foodstuff", "foodstuffs", "footwear", "freight", "furniture", "garment", "garments", "general cargo",
    "geschenk", "cadeau", "gift", "gifts", "goods", "hardware", "health products", "household goods",
    "instruments", "iron", "steel", "item", "items", "kleidung", "laptops etc", "machinery", "medicine",
    "medicines", "merchandise", "metal", "misc", "miscellaneous", "mixed", "na", "no description", "object",
    "objects", "other", "part", "parts", "personal effects", "pipes", "plastic goods", "plants", "product",
    "products", "said to contain", "sample", "samples", "shirts", "spare parts", "stuff", "textiles", "thing",
    "things", "tools", "toy", "toys", "unknown", "various", "vetements", "waren",
    // German
    "artikel", "bekleidung", "diverses", "elektronik", "ersatzteile", "geschenke", "möbel", "muster",
    "schuhe", "spielzeug", "textilien", "verschiedenes", "werkzeug", "zubehör", "zubehor",
    // French
    "accessoires", "articles divers", "cadeaux", "divers", "échantillon", "échantillons", "echantillon",
    "echantillons", "effets personnels", "jouet", "jouets", "marchandise", "marchandises", "meubles",
    "pièces", "pieces detachees", "pièces détachées", "vêtements", "électronique", "electronique",
    // Italian
    "abbigliamento", "accessori", "campione", "campioni", "effetti personali", "elettronica", "giocattoli",
    "giocattolo", "merce", "merce varia", "merci", "pezzi di ricambio", "regali", "regalo", "ricambi", "varie",
    "vestiti",
    // Spanish
    "accesorios", "artículos", "articulos", "efectos personales", "electrónica", "electronica", "juguete",
    "juguetes", "mercancía", "mercancia", "mercancías", "mercancias", "muestra", "muestras", "regalos",
    "repuestos", "ropa", "textil", "varios",
    // Dutch, Polish, Portuguese
    "accessoires diversen", "diversen", "goederen", "kleding", "onderdelen", "speelgoed", "monsters",
    "odzież", "odziez", "prezent", "próbka", "probka", "towary", "zabawka", "zabawki", "amostra", "brinquedo",
    "brinquedos", "mercadoria", "presente", "roupa", "roupas",
];

/// Chapters and headings under harmonised excise: alcohol, tobacco, energy.
/// Source: Directive 2008/118/EC's successor (EU) 2020/262 with Directives
/// 92/83/EEC, 2011/64/EU and 2003/96/EC, the goods that travel in parcels.
const EXCISE: &[&str] = &["2203", "2204", "2205", "2206", "2207", "2208", "2402", "2403", "2404", "2710"];

/// Whether a description does not say what the goods are.
pub(super) fn is_vague(description: &str) -> bool {
    let lower = description.to_lowercase();
    // Numbers and letters-with-numbers are counts, models and article numbers.
    let words: Vec<&str> = lower
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty() && !word.chars().any(char::is_numeric))
        .collect();
    let rest = words.join(" ");
    let letters = rest.chars().filter(|c| c.is_alphabetic()).count();
    // What is left of a bare article number is at most a short prefix.
    let article_number = lower.chars().any(char::is_numeric) && !lower.contains(' ') && letters <= 3;
    letters < 3 || article_number || VAGUE.contains(&rest.as_str())
}

impl GoodsLine {
    /// Whether the line is under excise, by its flag or its code.
    pub(super) fn under_excise(&self) -> bool {
        self.excise || self.hs_starts(EXCISE)
    }

    /// Whether the line is food or drink, by its flag or its code.
    pub(super) fn is_food(&self) -> bool {
        let chapter = self.hs_code.as_ref().and_then(|code| code.as_str().get(..2)).map(str::parse::<u8>);
        self.food || chapter.is_some_and(|chapter| chapter.is_ok_and(|chapter| chapter <= 22))
    }

    /// Whether the line's code starts with one of `headings`.
    pub(super) fn hs_starts(&self, headings: &[&str]) -> bool {
        self.hs_code
            .as_ref()
            .is_some_and(|code| headings.iter().any(|start| code.as_str().starts_with(start)))
    }

    /// Whether its code has all ten digits.
    pub(super) fn has_ten_digits(&self) -> bool {
        self.hs_code.as_ref().is_some_and(|code| code.as_str().len() == 10)
    }
}

/// Declaration lines: goods of one six-digit code, description and origin.
pub(super) fn declaration_lines(query: &Query) -> Vec<&GoodsLine> {
    let mut seen = BTreeSet::new();
    let key = |line: &GoodsLine| {
        let words: Vec<String> = line.description.split_whitespace().map(str::to_lowercase).collect();
        (line.hs_code.as_ref().map(|code| code.hs6().to_owned()), words.join(" "), line.origin)
    };
    query.goods.iter().filter(|line| seen.insert(key(line))).collect()
}

/// Six digits of a line's code, or nothing.
pub(super) fn hs6(line: &GoodsLine) -> String {
    line.hs_code.as_ref().map(HsCode::hs6).unwrap_or_default().to_owned()
}

/// Value of all goods in the sale's currency; `None` when it does not fit.
pub(super) fn total(query: &Query) -> Option<Decimal> {
    query.goods.iter().try_fold(Decimal::ZERO, |sum, line| sum.checked_add(line.line_value()?))
}

/// Value of the goods in each parcel, as far as the lines say.
pub(super) fn by_parcel(query: &Query) -> Vec<Decimal> {
    let mut values: std::collections::BTreeMap<u16, Decimal> = std::collections::BTreeMap::new();
    for line in &query.goods {
        if let (Some(parcel), Some(value)) = (line.parcel, line.line_value()) {
            let sum = values.entry(parcel).or_default();
            *sum = sum.saturating_add(value);
        }
    }
    values.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_that_says_nothing_is_vague_alone_only() {
        for vague in [
            "regalo",
            "Vêtements",
            "ZUBEHÖR",
            "gift",
            "2x Gifts",
            "accessories",
            "AB-1234",
            "12345",
            "x",
            "n/a",
            "Spare parts",
            "clothing",
        ] {
            assert!(is_vague(vague), "{vague}");
        }
        for plain in
            ["wooden toys train set", "cotton T-shirt", "wrist watch", "cap", "mug", "DVD player X100"]
        {
            assert!(!is_vague(plain), "{plain}");
        }
    }
}
